/**
 * 200 cameras of 512² ubyte at 10 frames a second over one connection: `bun scripts/bench/pva-cameras.ts`. Asked: no
 * frame lost, and at most 40 % of a core for receiving.
 */
import { type BulkSink, PvaClient } from "../../server/pva/index.ts";
import { startPeer } from "./peers/peer.ts";

const CAMERAS = 200;
const SIDE = 512;
const FPS = 10;
const SECONDS = 8;

/** Counts the frames of one camera, and by their ids those that never came. */
class Camera {
  frames = 0;
  lost = 0;
  #last: number | undefined;
  readonly #slots = Array.from({ length: 3 }, () => new Uint8Array(new SharedArrayBuffer(SIDE * SIDE)));
  readonly sink: BulkSink = {
    acquire: () => this.#slots[this.frames % this.#slots.length],
    abandon: () => undefined,
  };

  received(uniqueId: number): void {
    if (this.#last !== undefined) this.lost += uniqueId - this.#last - 1;
    this.#last = uniqueId;
    this.frames++;
  }
}

const server = await startPeer("pva-cameras.ts", CAMERAS, SIDE, FPS);
const client = new PvaClient({
  autoAddressList: false,
  nameServers: [{ host: "127.0.0.1", port: server.pva }],
});
const cameras = Array.from({ length: CAMERAS }, () => new Camera());
cameras.forEach((camera, index) =>
  client.monitor(
    `CAM${index}`,
    { bulk: { field: "value", sink: camera.sink } },
    {
      state: () => undefined,
      update: ({ value }) => camera.received(Number(value.field("uniqueId"))),
      fault: (error) => console.error(error.message),
    },
  ),
);
const total = (of: "frames" | "lost"): number => cameras.reduce((sum, camera) => sum + camera[of], 0);
await Bun.sleep(2000);
const before = {
  frames: total("frames"),
  lost: total("lost"),
  at: performance.now(),
  cpu: process.cpuUsage(),
};
await Bun.sleep(1000 * SECONDS);
const seconds = (performance.now() - before.at) / 1000;
const { user, system } = process.cpuUsage(before.cpu);
const frames = total("frames") - before.frames;
const silent = cameras.filter((camera) => camera.frames === 0).length;
await client.close();
await server.stop();
console.log(`${CAMERAS} cameras of ${SIDE}² ubyte at ${FPS} Hz, ${SECONDS} s, one connection`);
console.log(
  `${(frames / seconds).toFixed(0)} frames/s of ${CAMERAS * FPS}, ${((frames * SIDE * SIDE) / seconds / 1e9).toFixed(2)} GB/s`,
);
console.log(`lost: ${total("lost") - before.lost} frames, silent: ${silent} cameras (asked: 0)`);
console.log(`receiving: ${((user + system) / seconds / 1e4).toFixed(0)} % of a core (asked: 40 at most)`);
