import { expect, test } from "bun:test";
import type { ClientMessage, ServerMessage } from "../../server/http/protocol.ts";
import { SharedSocket, type WireListener } from "../../server/viewer/shared-socket.ts";
import { ManualClock } from "../support/manual-clock.ts";

const HELLO: ServerMessage = {
  type: "hello",
  version: 1,
  limits: { views: 64, inFlight: 2, messageBytes: 16384, messagesPerSecond: 100 },
};

/** A shared socket whose server the test plays. */
function stage() {
  const clock = new ManualClock();
  const wires: { hears: WireListener; closed: boolean }[] = [];
  const said: ClientMessage[] = [];
  const shared = new SharedSocket((hears) => {
    const wire = { hears, closed: false };
    wires.push(wire);
    return {
      send: (text) => void said.push(JSON.parse(text) as ClientMessage),
      close: () => void (wire.closed = true),
    };
  }, clock);
  const camera = (pv: string, options: Record<string, string> = {}) => {
    const heard = {
      texts: [] as string[],
      pictures: [] as Blob[],
      takens: [] as (() => void)[],
      ends: [] as string[],
    };
    const socket = shared.of(pv)(
      {
        text: (text) => void heard.texts.push(text),
        picture: (jpeg, taken) => {
          heard.pictures.push(jpeg);
          heard.takens.push(taken);
        },
        closed: (code, reason) => void heard.ends.push(`${code} ${reason}`),
      },
      new Map(Object.entries(options)),
    );
    return { ...heard, ...socket };
  };
  const hear = (message: ServerMessage): void => wires.at(-1)!.hears.text(JSON.stringify(message));
  return {
    clock,
    wires,
    said,
    camera,
    hear,
    show: (bytes: ArrayBuffer) => wires.at(-1)!.hears.binary(bytes),
  };
}

function opened(id: number, stream: number): ServerMessage {
  return { type: "opened", id, pv: "", format: "jpeg", stream };
}

/** A binary message by the offsets that the README tells. */
function jpegMessage(stream: number, sequence: bigint, jpeg: Uint8Array, version = 1, kind = 1): ArrayBuffer {
  const message = new ArrayBuffer(112 + jpeg.length);
  const view = new DataView(message);
  view.setUint8(0, version);
  view.setUint8(1, kind);
  view.setUint16(2, 112, true);
  view.setUint32(4, stream, true);
  view.setBigUint64(8, sequence, true);
  new Uint8Array(message).set(jpeg, 112);
  return message;
}

test("cameras share one socket, on which they are asked for once the server has greeted", () => {
  const { camera, wires, said, hear } = stage();
  camera("A", { map: "jet" });
  camera("B");
  expect(wires).toHaveLength(1);
  expect(said).toBeEmpty();
  hear(HELLO);
  camera("C");
  expect(said).toEqual([
    { type: "open", id: 1, pv: "A", options: { map: "jet" } },
    { type: "open", id: 2, pv: "B", options: {} },
    { type: "open", id: 3, pv: "C", options: {} },
  ]);
});

test("a picture goes to the camera that has its stream number, and is acknowledged when it is dealt with", async () => {
  const { camera, said, hear, show } = stage();
  const [a, b] = [camera("A"), camera("B")];
  for (const message of [HELLO, opened(1, 70), opened(2, 71)]) hear(message);
  show(jpegMessage(71, 9n, new Uint8Array([1, 2, 3])));
  expect([a.pictures.length, b.pictures.length]).toEqual([0, 1]);
  expect(await b.pictures[0]!.bytes()).toEqual(new Uint8Array([1, 2, 3]));
  expect(b.pictures[0]!.type).toBe("image/jpeg");
  expect(said).toHaveLength(2);
  b.takens[0]!();
  expect(said.at(-1)).toEqual({ type: "ack", id: 2, sequence: 9 });
});

test("messages that an older page does not know are passed over", () => {
  const { camera, hear, show, wires } = stage();
  const a = camera("A");
  for (const message of [HELLO, opened(1, 70)]) hear(message);
  const jpeg = new Uint8Array(4);
  for (const bytes of [new ArrayBuffer(3), jpegMessage(70, 1n, jpeg, 2), jpegMessage(70, 1n, jpeg, 1, 9)])
    show(bytes);
  show(jpegMessage(99, 1n, jpeg));
  for (const text of [
    "",
    "null",
    "7",
    "[]",
    '{"type":"news"}',
    '{"type":"state","views":[null,5]}',
    '{"type":"state"}',
  ])
    wires[0]!.hears.text(text);
  expect([a.texts, a.pictures, a.ends]).toEqual([[], [], []]);
});

test("each camera hears its own states as status messages", () => {
  const { camera, hear } = stage();
  const [a, b] = [camera("A"), camera("B")];
  hear(HELLO);
  const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
  const state = { state: "live", reason: "", cameraFps: 1, encodedFps: 1, viewers: 1, drops } as const;
  const statistics = { fps: 0, sent: 0, bytes: 0, drops, inFlight: 0 };
  hear({ type: "state", views: [{ id: 2, pv: "B", ...state, statistics }] });
  expect(a.texts).toBeEmpty();
  expect(b.texts.map((text) => JSON.parse(text) as object)).toMatchObject([
    { type: "status", pv: "B", state: "live" },
  ]);
});

test("a refused camera is told as by a socket of its own, the others are not", () => {
  const { camera, hear } = stage();
  const [a, b, c] = [camera("A"), camera("B"), camera("C")];
  hear(HELLO);
  hear({
    type: "error",
    request: "open",
    id: 1,
    error: "pv-not-found",
    status: 404,
    message: "Nobody knows A.",
  });
  hear({ type: "closed", id: 3, code: 1001, reason: "The stream has ended." });
  expect([a.ends, b.ends, c.ends]).toEqual([["4404 Nobody knows A."], [], ["1001 The stream has ended."]]);
});

test("a lost socket is lost for every camera, and the next that asks opens another", () => {
  const { camera, hear, wires, said } = stage();
  const [a, b] = [camera("A"), camera("B")];
  hear(HELLO);
  wires[0]!.hears.closed(1006, "");
  expect([a.ends, b.ends]).toEqual([["1006 "], ["1006 "]]);
  a.close();
  camera("A");
  camera("B");
  expect(wires).toHaveLength(2);
  said.length = 0;
  hear(HELLO);
  expect(said.map((message) => ("pv" in message ? message.pv : ""))).toEqual(["A", "B"]);
});

test("other options are asked for by an update, and what is asked for before the greeting is asked for once", () => {
  const { camera, hear, said, wires } = stage();
  const a = camera("A");
  a.change(new Map([["map", "jet"]]));
  hear(HELLO);
  a.change(new Map([["fps", "5"]]));
  a.close();
  a.change(new Map());
  expect(said).toEqual([
    { type: "open", id: 1, pv: "A", options: { map: "jet" } },
    { type: "update", id: 1, options: { fps: "5" } },
    { type: "close", id: 1 },
  ]);
  expect(wires).toHaveLength(1);
});

test("a camera whose update is refused ends, as a socket of its own would have", () => {
  const { camera, hear, said } = stage();
  const [a, b] = [camera("A"), camera("B")];
  for (const message of [HELLO, opened(1, 70), opened(2, 71)]) hear(message);
  const no = { type: "error", request: "update", error: "bad-option", status: 400, message: "No." } as const;
  hear({ ...no, id: 2 });
  hear({ ...no, id: 9 });
  expect([a.ends, b.ends]).toEqual([[], ["4400 No."]]);
  expect(said.slice(2)).toEqual([{ type: "close", id: 2 }]);
});

test("a socket over which nothing comes is lost, greeted or not, though cameras come and go on it", async () => {
  const { camera, hear, wires, clock } = stage();
  const mute = camera("A");
  await clock.advance(9000);
  camera("B");
  await clock.advance(1000);
  expect([mute.ends, wires.map(({ closed }) => closed)]).toEqual([["1006 "], [true]]);
  const [a, b] = [camera("A"), camera("B")];
  hear(HELLO);
  await clock.advance(9000);
  hear({ type: "state", views: [] });
  for (let second = 0; second < 9; second++) {
    await clock.advance(1000);
    a.close();
    camera("A");
  }
  expect(b.ends).toBeEmpty();
  await clock.advance(1000);
  expect([b.ends, wires.map(({ closed }) => closed)]).toEqual([["1006 "], [true, true]]);
  expect(clock.pending).toBe(0);
});

test("cameras that come back go over the same socket, which is closed when nobody has used it for a second", async () => {
  const { camera, hear, wires, said, clock } = stage();
  const a = camera("A");
  hear(HELLO);
  a.close();
  await clock.advance(900);
  const again = camera("A", { map: "jet" });
  await clock.advance(2000);
  expect(wires.map(({ closed }) => closed)).toEqual([false]);
  again.close();
  again.close();
  await clock.advance(1000);
  expect(wires.map(({ closed }) => closed)).toEqual([true]);
  expect(said.map(({ type }) => type)).toEqual(["open", "close", "open", "close"]);
  expect(clock.pending).toBe(0);
  camera("B");
  expect(wires).toHaveLength(2);
});
