import { expect, test } from "bun:test";
import fc from "fast-check";
import { BadMessage, parseControlMessage } from "../../../server/http/views/control-message.ts";

const say = (message: unknown): unknown => parseControlMessage(JSON.stringify(message));

function complaint(data: string | Uint8Array): BadMessage {
  try {
    parseControlMessage(data);
  } catch (error) {
    if (error instanceof BadMessage) return error;
    throw error;
  }
  throw new Error("this was taken for a message");
}

test.each([
  { type: "open", id: "a", pv: "CAM" },
  {
    type: "open",
    id: 0,
    pv: "CAM",
    options: { map: "jet", quality: 5 },
    format: "raw",
    fps: 0.5,
    placeholder: true,
  },
  { type: "update", id: "a", options: {}, format: "jpeg", placeholder: false },
  { type: "close", id: "x".repeat(64) },
  { type: "ack", id: 9007199254740991, sequence: 0 },
  { type: "ping" },
  { type: "ping", id: 5 },
])("%j is understood", (message) => {
  expect(say(message)).toEqual(message);
  expect(say({ ...message, more: { of: "a newer client" } })).toEqual(message);
});

test.each([
  ["", "The message is not JSON."],
  ["{", "The message is not JSON."],
  ["null", "The message is null; it must be a JSON object."],
  ["[1]", "The message is a list; it must be a JSON object."],
  ['"open"', 'The message is "open"; it must be a JSON object.'],
  ["{}", "type is missing; it must be one of open, update, close, ack, ping."],
  ['{"type":"toString","id":1}', 'type is "toString"; it must be one of open, update, close, ack, ping.'],
  ['{"__proto__":{"type":"ping"}}', "type is missing; it must be one of open, update, close, ack, ping."],
  ['{"type":"close"}', "id is missing; it must be text of 1 to 64 characters, or a whole number from 0."],
  ['{"type":"close","id":-1}', "id is -1; it must be text of 1 to 64 characters, or a whole number from 0."],
  [
    '{"type":"close","id":1e999}',
    "id is null; it must be text of 1 to 64 characters, or a whole number from 0.",
  ],
  [
    '{"type":"close","id":{"a":1}}',
    "id is an object; it must be text of 1 to 64 characters, or a whole number from 0.",
  ],
  ['{"type":"open","id":1}', "pv is missing; it must be the name of a PV."],
  [
    '{"type":"open","id":1,"pv":"A","options":[]}',
    "options is a list; it must be an object of options by name.",
  ],
  [
    '{"type":"open","id":1,"pv":"A","options":{"roi":[1,2,3,4]}}',
    "options.roi is a list; it must be text or a number.",
  ],
  ['{"type":"open","id":1,"pv":"A","format":"png"}', 'format is "png"; it must be jpeg or raw.'],
  ['{"type":"open","id":1,"pv":"A","fps":"5"}', 'fps is "5"; it must be a number.'],
  ['{"type":"open","id":1,"pv":"A","placeholder":1}', "placeholder is 1; it must be true or false."],
  ['{"type":"ack","id":1,"sequence":1.5}', "sequence is 1.5; it must be a whole number from 0."],
])("%s is answered by what is wrong with it", (text, message) => {
  expect(complaint(text).message).toBe(message);
});

test("an answer names what was asked as far as it is known, and quotes little of what was sent", () => {
  expect(complaint('{"type":"open","id":"a"}').mark).toEqual({ request: "open", id: "a" });
  expect(complaint('{"type":"open","id":[]}').mark).toEqual({ request: "open" });
  expect(complaint("[]").mark).toEqual({});
  expect(complaint(JSON.stringify({ type: "x".repeat(10_000) })).message.length).toBeLessThan(200);
  expect(complaint(new Uint8Array(5)).message).toContain("binary");
});

test("keys of prototypes are options like any others", () => {
  const text = '{"type":"open","id":1,"pv":"A","options":{"__proto__":"1","constructor":"2"}}';
  const { options } = parseControlMessage(text) as { options: object };
  expect(Object.entries(options)).toEqual([
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
  expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
});

test("whatever a client sends is understood or answered", () => {
  const word = fc.oneof(
    fc.constantFrom("open", "update", "close", "ack", "ping", "a", "jpeg", "raw", "__proto__"),
    fc.jsonValue(),
  );
  const key = fc.constantFrom(
    "type",
    "id",
    "pv",
    "options",
    "format",
    "fps",
    "placeholder",
    "sequence",
    "__proto__",
  );
  const nearMiss = fc.dictionary(key, word).map((fields) => JSON.stringify(fields));
  fc.assert(
    fc.property(fc.oneof(nearMiss, fc.json(), fc.string()), (text) => {
      try {
        const message = parseControlMessage(text);
        expect(["open", "update", "close", "ack", "ping"]).toContain(message.type);
      } catch (error) {
        expect(error).toBeInstanceOf(BadMessage);
        expect((error as BadMessage).message.length).toBeLessThan(400);
      }
    }),
    { numRuns: 2000 },
  );
});
