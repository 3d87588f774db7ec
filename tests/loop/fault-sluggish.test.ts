/** Clients that read or say next to nothing, beside a healthy viewer of the same service. */
import { expect, test } from "bun:test";
import { ViewerProgram } from "../../scripts/bench/load/viewers.ts";
import { requireTool } from "../support/tools.ts";
import { WatchedService } from "../support/watched-service.ts";

const isLinux = process.platform === "linux";
const skip = requireTool("Linux, to count descriptors", isLinux);
const skipReaders = skip || requireTool("a C compiler (cc), for clients in C", Bun.which("cc") !== null);
const READERS = 500;
const BYTES_PER_SECOND = 5000;
/** Some 50 kB a picture: ten seconds of such a client. */
const LARGE = "SIM:noise:320x240";
const FPS = 10;
/** What a round of such clients may leave in the process once another round has come and gone before, megabytes. */
const LEFT_MB = 30;

test.skipIf(skipReaders)(
  "500 clients that read 5 kB/s are kept, at their own pace, leave nothing behind, and a healthy viewer loses nothing",
  async () => {
    await using service = await WatchedService.start();
    using program = new ViewerProgram();
    const { bad, port } = service;
    const before = service.descriptors;
    const load = {
      port,
      path: "/mjpg/BAD",
      count: READERS,
      mode: "rate",
      bytesPerSecond: BYTES_PER_SECOND,
    } as const;
    bad.post(LARGE);
    bad.run(FPS, () => bad.post(LARGE));
    // The first ones find a program that is still being compiled.
    await program.run({ ...load, seconds: 1 });
    // A lingering stream keeps the connection to its camera.
    await service.descriptorsBackTo(before + 1);
    const level = service.megabytes;
    await service.healthyThrough(async () => {
      const { seconds, closed, mostBytes, leastBytes } = await program.run({ ...load, seconds: 4 });
      expect(closed).toBe(0);
      expect(mostBytes).toBeLessThan(1.2 * seconds * BYTES_PER_SECOND);
      expect(leastBytes).toBeGreaterThan(0.8 * seconds * BYTES_PER_SECOND);
    });
    bad.rest();
    await service.descriptorsBackTo(before + 1);
    await service.memoryBackTo(level + LEFT_MB);
    const { viewers, frames } = await service.report("BAD");
    expect(viewers).toEqual([]);
    expect(frames.lost.slow).toBeGreaterThan(FPS);
  },
);

const SLOW_REQUESTS = 200;
/** Between two bytes of a request. */
const DRIP_MS = 100;
/** Bun gives up who has not sent the headers whole after some 9 s, and some seconds later when it is busy. */
const PATIENCE_MS = 15_000;

/** Sends the headers of a request a byte at a time. @returns after how long the server hung up, milliseconds; Infinity if not */
async function drip(port: number): Promise<number> {
  const began = performance.now();
  const { promise: ended, resolve } = Promise.withResolvers<true>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data() {}, close: () => resolve(true) },
  });
  const request = Buffer.from(`GET /mjpg/GOOD HTTP/1.1\r\nHost: pc1\r\nX-Slow: ${"x".repeat(1000)}`);
  for (const byte of request) {
    socket.write(Uint8Array.of(byte));
    const hungUp = await Promise.race([ended, Bun.sleep(DRIP_MS)]);
    if (hungUp === true) return performance.now() - began;
    if (performance.now() - began > PATIENCE_MS) break;
  }
  socket.terminate();
  return Infinity;
}

test.skipIf(skip)(
  "200 clients that send their headers a byte at a time are all given up, and a healthy viewer loses nothing",
  async () => {
    await using service = await WatchedService.start();
    const before = service.descriptors;
    await service.healthyThrough(async () => {
      const waited = await Promise.all(Array.from({ length: SLOW_REQUESTS }, () => drip(service.port)));
      expect(waited.filter((ms) => ms < PATIENCE_MS)).toHaveLength(SLOW_REQUESTS);
    });
    await service.descriptorsBackTo(before);
  },
);
