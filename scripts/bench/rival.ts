/**
 * Processor time for each delivered picture beside the Python pva-to-video, in one run on the same camera:
 * `bun scripts/bench/rival.ts [SECONDS]`. 1024² at 25 fps, one viewer, the two in turns, ROUNDS times. The Python service is the
 * program `pva-to-video` on the path, or what $PVA_RIVAL names (`pip install pva-to-video`).
 */
import { ViewerProgram } from "./load/viewers.ts";
import { CpuMeter } from "./measure/process-meter.ts";
import { startServiceProcess } from "./measure/service-process.ts";
import { startPeer } from "./peers/peer.ts";

const SECONDS = Number(process.argv[2] ?? 6);
const ROUNDS = 2;
/** Before it is measured a service has served for so long: both compile what runs often only after a while. */
const WARM_UP_S = 3;
const SIDE = 1024;
const FPS = 25;
const ASKED: Readonly<Record<string, number>> = {
  uint8: 0.5,
  uint16: 0.33,
  int32: 0.25,
  float32: 0.25,
  float64: 0.25,
  rgb1: 0.35,
};
const rival = Bun.which(process.env["PVA_RIVAL"] ?? "pva-to-video");
if (rival === null)
  throw new Error("There is no Python pva-to-video: put it on the path, or name it in $PVA_RIVAL.");

interface Served {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The Python service, which finds the camera as ours does. */
async function startRival(command: string, pva: number): Promise<Served> {
  const port = freePort();
  const child = Bun.spawn([command, "--port", String(port), "--log-level", "warning"], {
    stdout: "ignore",
    stderr: "inherit",
    env: {
      ...process.env,
      EPICS_PVA_NAME_SERVERS: `127.0.0.1:${pva}`,
      EPICS_PVA_ADDR_LIST: "127.0.0.1",
      EPICS_PVA_AUTO_ADDR_LIST: "NO",
    },
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ended with code ${child.exitCode}`);
    await Bun.sleep(100);
  }
  return {
    port,
    pid: child.pid,
    stop: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** A port that was free a moment ago, for a program that cannot be asked which one it took. */
function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function answers(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

/** Milliseconds of processor time for each picture that one viewer got, and how many it got a second. */
async function measure(served: Served): Promise<{ ms: number; fps: number }> {
  using viewers = new ViewerProgram();
  const running = viewers.start({
    port: served.port,
    path: "/mjpg/CAM",
    count: 1,
    seconds: WARM_UP_S - 1 + SECONDS,
    mode: "parts",
  });
  await running.ready;
  await Bun.sleep(1000 * WARM_UP_S);
  const meter = new CpuMeter(served.pid);
  await Bun.sleep(1000 * SECONDS);
  const cpu = meter.seconds;
  const { pictures, seconds } = await running.figures;
  const fps = pictures / seconds;
  return { ms: (cpu * 1000) / (fps * SECONDS), fps };
}

const words = ({ ms, fps }: { ms: number; fps: number }): string =>
  `${ms.toFixed(2)} ms at ${fps.toFixed(1)} fps`;
for (const [kind, asked] of Object.entries(ASKED)) {
  const camera = await startPeer("pva-image.ts", kind, SIDE, SIDE, FPS);
  for (let round = 0; round < ROUNDS; round++) {
    const theirs = await startRival(rival, camera.pva);
    const python = await measure(theirs);
    await theirs.stop();
    const ours = await startServiceProcess({ nameServers: `127.0.0.1:${camera.pva}` });
    const here = await measure(ours);
    await ours.stop();
    console.log(
      `${kind}: ${(here.ms / python.ms).toFixed(2)} of the Python service's processor time a picture (asked: ${asked}); ${words(here)} to ${words(python)}`,
    );
  }
  await camera.stop();
}
