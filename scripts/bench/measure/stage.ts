import { ViewerProgram, type ViewerFigures, type ViewerLoad } from "../load/viewers.ts";
import { type Peer, startPeer } from "../peers/peer.ts";
import { CpuMeter } from "./process-meter.ts";
import { type ServiceProcess, startServiceProcess } from "./service-process.ts";

/** A camera, the service, and viewers, each in a process of its own. */
export interface Stage extends AsyncDisposable {
  readonly camera: Peer;
  readonly service: ServiceProcess;
  readonly viewers: ViewerProgram;
}

/** What the camera sends (`peers/pva-image.ts`). */
export interface StageCamera {
  readonly kind: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** Starts the camera, whose PV is `CAM`, and the service that finds it. */
export async function startStage(
  { kind, width, height, fps }: StageCamera,
  options: { readonly flags?: readonly string[]; readonly preload?: string } = {},
): Promise<Stage> {
  const camera = await startPeer("pva-image.ts", kind, width, height, fps);
  const service = await startServiceProcess({ nameServers: `127.0.0.1:${camera.pva}`, ...options });
  const viewers = new ViewerProgram();
  return {
    camera,
    service,
    viewers,
    async [Symbol.asyncDispose]() {
      viewers[Symbol.dispose]();
      await service.stop();
      await camera.stop();
    },
  };
}

/** What the viewers saw, and what they cost the service and the camera, percent of a core. */
export interface Watched extends ViewerFigures {
  readonly serviceCpu: number;
  readonly cameraCpu: number;
  /** Processor time of the service, seconds. */
  readonly serviceSeconds: number;
}

/** Lets viewers watch `CAM` for some seconds. */
export async function watch(
  { service, camera, viewers }: Pick<Stage, "service" | "camera" | "viewers">,
  load: Omit<ViewerLoad, "port" | "path"> & { readonly path?: string },
): Promise<Watched> {
  const running = viewers.start({ path: "/mjpg/CAM", ...load, port: service.port });
  await running.ready;
  // The viewers settle for a second before they measure, too.
  await Bun.sleep(1000);
  const [served, posted] = [new CpuMeter(service.pid), new CpuMeter(camera.pid)];
  await Bun.sleep(1000 * load.seconds);
  const cost = { serviceCpu: served.percent, serviceSeconds: served.seconds, cameraCpu: posted.percent };
  return { ...(await running.figures), ...cost };
}
