import { endpointName, NTNDARRAY_PVXS, type Plain, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { parseCameraName } from "../../server/sim/camera-name.ts";
import { compressorFor } from "../../server/sim/codec/compress.ts";
import { FRAME_FIELDS, ndarrayOf } from "../../server/sim/ndarray.ts";
import { PictureRing } from "../../server/sim/picture-ring.ts";
import type { CameraSpec } from "../../server/sim/vocabulary.ts";
import { Core } from "../../wasm/core/index.ts";

const core = await Core.load();

/** What one kind of frame is made of; drawn once. */
interface Drawn {
  readonly spec: CameraSpec;
  readonly parts: readonly Uint8Array[];
}

/**
 * A camera that can change, lie, die and come back elsewhere. What it shows is told by the names of simulated cameras
 * (`SIM:gradient:64x48:uint16:lz4`), and may be another with each frame. Frames are numbered from 1 on.
 */
export class FaultCamera {
  readonly name: string;
  readonly #drawn = new Map<string, Drawn>();
  #pv = new SharedPv(NTNDARRAY_PVXS);
  #server: PvaServer | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #posted = 0;

  private constructor(name: string) {
    this.name = name;
  }

  /** Serves the PV `name` at a port of loopback, a free one if left out. */
  static async start(name: string, port = 0): Promise<FaultCamera> {
    const camera = new FaultCamera(name);
    await camera.serve(port);
    return camera;
  }

  /** Begins, or begins again, to serve. */
  async serve(port = 0): Promise<void> {
    const provider = (name: string): SharedPv | undefined => (name === this.name ? this.#pv : undefined);
    this.#server = await PvaServer.listen({ port, provider });
  }

  /** For EPICS_PVA_NAME_SERVERS. */
  get address(): string {
    if (this.#server === undefined) throw new Error(`${this.name} is not being served.`);
    return endpointName(this.#server.address);
  }

  /** Number of the newest frame, which is its `uniqueId`. */
  get posted(): number {
    return this.#posted;
  }

  /** Takes one frame of `what`. @param lies fields that are to say something else than what is true of it */
  post(what: string, lies: Readonly<Record<string, Plain>> = {}): void {
    const { spec, parts } = this.#draw(what);
    this.#posted++;
    this.#pv.post({ ...(ndarrayOf(spec, parts, this.#posted, Date.now()) as object), ...lies }, FRAME_FIELDS);
  }

  /**
   * Takes a frame every `1000 / fps` milliseconds until `rest`. Where this process was busy for longer than that it takes
   * one frame, not a burst of those that are due, for no camera does that.
   */
  run(fps: number, take: (frame: number) => void): void {
    const began = performance.now();
    let taken = 0;
    this.#timer = setInterval(() => {
      const due = Math.ceil(((performance.now() - began) / 1000) * fps);
      if (due > taken) take((taken = due));
    }, 5);
  }

  rest(): void {
    clearInterval(this.#timer);
  }

  /** Gone at once, with every connection; a new PV answers when it is served again. */
  async die(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
    this.#pv = new SharedPv(NTNDARRAY_PVXS);
  }

  async close(): Promise<void> {
    this.rest();
    await this.#server?.close();
  }

  #draw(what: string): Drawn {
    const known = this.#drawn.get(what);
    if (known !== undefined) return known;
    const spec = parseCameraName(what);
    const ring = new PictureRing(spec);
    while (!ring.draw(() => true));
    const whole = ring.frame(0);
    const compress = compressorFor(spec, core);
    const drawn = { spec, parts: compress === undefined ? whole : [compress(Buffer.concat(whole))] };
    this.#drawn.set(what, drawn);
    return drawn;
  }
}
