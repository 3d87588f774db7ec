/** A camera that is killed and comes back, seen through the whole service by one viewer on one connection. */
import { afterEach, expect, test } from "bun:test";
import { JumpingClock } from "../support/jumping-clock.ts";
import { type Part, readParts } from "../support/multipart.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { startService } from "../support/service.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

/** Reads parts until one fits. Every part on the way must be a whole JPEG. */
async function until(parts: AsyncGenerator<Part, void>, fits: (part: Part) => boolean): Promise<Part> {
  for (;;) {
    const next = await parts.next();
    if (next.done === true) throw new Error("the stream ended");
    const { body } = next.value;
    expect([body[0], body[1], body.at(-2), body.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
    if (fits(next.value)) return next.value;
  }
}

const isPlaceholder = ({ headers }: Part): boolean => headers.get("x-placeholder") === "1";
const shows =
  (uniqueId: number) =>
  ({ headers }: Part): boolean =>
    headers.get("x-unique-id") === String(uniqueId);

/** Width and height out of a JPEG's frame header (ITU-T T.81, B.2.2). */
function sizeOf(jpeg: Uint8Array): readonly [number, number] {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let at = 2;
  while (view.getUint8(at + 1) !== 0xc0) at += 2 + view.getUint16(at + 2);
  return [view.getUint16(at + 7), view.getUint16(at + 5)];
}

test("a killed camera is replaced by a placeholder of its size, and its pictures go on when it is back", async () => {
  const clock = new JumpingClock();
  const first = await PostedCamera.start();
  const port = Number(first.address.split(":").at(-1));
  const service = await startService({ nameServers: first.address, clock });
  cleanUp.push(() => service.close());
  first.post(1);
  const parts = readParts(await fetch(service.url("/mjpg/CAM")));
  await until(parts, shows(1));
  await first.close();
  const placeholder = await until(parts, isPlaceholder);
  expect(sizeOf(placeholder.body)).toEqual([64, 48]);
  const second = await PostedCamera.start(port);
  cleanUp.push(() => second.close());
  second.post(2, { width: 80, height: 32 });
  const nudge = setInterval(() => clock.jump(500), 10);
  const back = await until(parts, shows(2)).finally(() => clearInterval(nudge));
  expect(sizeOf(back.body)).toEqual([80, 32]);
});

test("a PV that nobody serves is drawn instead of refused where that is asked for, and the camera once it is there", async () => {
  const clock = new JumpingClock();
  const before = await PostedCamera.start();
  const port = Number(before.address.split(":").at(-1));
  await before.close();
  const service = await startService({ nameServers: before.address, clock });
  cleanUp.push(() => service.close());
  const nudge = setInterval(() => clock.jump(500), 10);
  cleanUp.push(() => {
    clearInterval(nudge);
    return Promise.resolve();
  });
  const parts = readParts(await fetch(service.url("/mjpg/CAM?placeholder=1&width=320")));
  expect(sizeOf((await until(parts, isPlaceholder)).body)).toEqual([320, 240]);
  const camera = await PostedCamera.start(port);
  cleanUp.push(() => camera.close());
  camera.post(7);
  await until(parts, shows(7));
});
