import { afterEach, describe, expect, test } from "bun:test";
import { type Clock, systemClock } from "../../server/clock.ts";
import {
  type Encoder,
  EncoderChoice,
  type EncoderPool,
  type PlaceholderJob,
  type PlaceholderPainter,
  startEncoderPool,
} from "../../server/encode/index.ts";
import { createHttp } from "../../server/http/index.ts";
import { silentLog as log } from "../../server/log.ts";
import { clientOptionsFromEnvironment, PvaClient } from "../../server/pva/index.ts";
import { openSource } from "../../server/source/index.ts";
import { StreamRegistry } from "../../server/stream/index.ts";
import { idleService } from "../support/idle-service.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { type Part, readParts } from "../support/multipart.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { openAccess } from "../support/open-access.ts";
import { VIEWER_PAGE } from "../support/viewer-page.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

/** Lets an encoder's work be counted. */
class CountingEncoder implements Encoder, PlaceholderPainter {
  encodes = 0;
  readonly #pool: EncoderPool;

  constructor(pool: EncoderPool) {
    this.#pool = pool;
  }

  get workers(): number {
    return this.#pool.workers;
  }
  get idle(): number {
    return this.#pool.idle;
  }
  get busyFraction(): number {
    return this.#pool.busyFraction;
  }
  whenIdle(task: () => void): () => void {
    return this.#pool.whenIdle(task);
  }
  encode(job: Parameters<Encoder["encode"]>[0]): ReturnType<Encoder["encode"]> {
    this.encodes++;
    return this.#pool.encode(job);
  }
  drawPlaceholder(job: PlaceholderJob): ReturnType<PlaceholderPainter["drawPlaceholder"]> {
    return this.#pool.drawPlaceholder(job);
  }
  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Every room between a camera and its viewers, with `clock` for the life of streams; sockets keep the machine's time. */
async function serve(clock: Clock): Promise<{
  camera: PostedCamera;
  encoder: CountingEncoder;
  streams: StreamRegistry;
  watch: () => Promise<AsyncGenerator<Part, void>>;
}> {
  const camera = await PostedCamera.start();
  const environment = { EPICS_PVA_NAME_SERVERS: camera.address, EPICS_PVA_AUTO_ADDR_LIST: "NO" };
  const client = new PvaClient(clientOptionsFromEnvironment(environment));
  const pool = await startEncoderPool({ workers: 1, log, clock: systemClock });
  const encoder = new CountingEncoder(pool);
  const newChoice = (): EncoderChoice => new EncoderChoice(pool.workers);
  const sources = { client, clock, log, maxFrameBytes: 1 << 20 };
  const streams = new StreamRegistry({
    openSource: (pv, listener) => openSource(pv, sources, listener),
    encoder,
    newChoice,
    clock,
    log,
    settings: { maxFps: 1000, connectTimeoutMs: 3000, lingerMs: 60_000 },
  });
  const http = createHttp({
    streams,
    access: openAccess(),
    service: idleService(),
    snapshots: { encoder: pool, newChoice },
    defaults: {},
    page: VIEWER_PAGE,
    viewer: { simulated: [] },
    clock,
    log,
  });
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self) => http.fetch(request, self),
    websocket: http.websocket,
  });
  cleanUp.push(
    () => camera.close(),
    () => client.close(),
    () => encoder.close(),
    () => streams.close(),
    () => server.stop(true),
  );
  const watch = async (): Promise<AsyncGenerator<Part, void>> =>
    readParts(await fetch(`http://127.0.0.1:${server.port}/mjpg/CAM`));
  return { camera, encoder, streams, watch };
}

/** Reads parts until the frame with this id has come. */
async function frameWithId(parts: AsyncGenerator<Part, void>, uniqueId: number): Promise<Uint8Array> {
  for (;;) {
    const next = await parts.next();
    if (next.done === true) throw new Error(`the response ended before frame ${uniqueId}`);
    if (next.value.headers.get("x-unique-id") === String(uniqueId)) return next.value.body;
  }
}

describe("viewers of one PV", () => {
  test("cause one monitor, and one encode a frame, and get the same bytes", async () => {
    const { camera, encoder, watch } = await serve(systemClock);
    camera.post(1);
    const viewers = await Promise.all([watch(), watch()]);
    for (let frame = 1; frame <= 20; frame++) {
      if (frame > 1) camera.post(frame);
      const [first, second] = await Promise.all(viewers.map((parts) => frameWithId(parts, frame)));
      expect(Buffer.compare(first!, second!)).toBe(0);
      expect(camera.monitors).toBe(1);
    }
    expect(encoder.encodes).toBe(20);
  });
});

describe("the last viewer of a PV", () => {
  test("leaves the monitor running for the linger, and not longer", async () => {
    const clock = new JumpingClock();
    const { camera, streams, watch } = await serve(clock);
    camera.post(1);
    const watchOnce = async (): Promise<void> => {
      const parts = await watch();
      await frameWithId(parts, 1);
      await parts.return();
      // The server learns of it through the socket.
      while (streams.list()[0]?.state !== "lingering") await Bun.sleep(1);
    };
    await watchOnce();
    // A viewer who comes in the linger is served by the same monitor, and the linger starts anew when he leaves.
    clock.jump(59_000);
    await watchOnce();
    expect(camera.monitors).toBe(1);
    clock.jump(59_000);
    await watchOnce();
    expect(camera.monitors).toBe(1);
    clock.jump(61_000);
    await camera.abandoned;
    expect(camera.monitors).toBe(0);
  });
});
