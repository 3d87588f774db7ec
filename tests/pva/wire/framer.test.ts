import { describe, expect, test } from "bun:test";
import { Framer } from "../../../server/pva/wire/framer.ts";
import { MessageAssembler } from "../../../server/pva/wire/message-assembler.ts";
import { BE, type ByteList, bytes, hexOf, LE } from "../../support/pva-bytes.ts";
import { waysToCut } from "../../support/pva-cuts.ts";

/** Everything that comes out of a framer and assembler, in order and in words. */
function framed(chunks: readonly Uint8Array[], { fromServer = true, maxMessageBytes = 1000 } = {}): string[] {
  const events: string[] = [];
  const assembler = new MessageAssembler({
    message: ({ command, bigEndian }, payload) => {
      events.push(`${command}${bigEndian ? " BE" : ""}: ${hexOf(payload)}`);
    },
    control: ({ command, length }) => void events.push(`control ${command} ${length}`),
  });
  const framer = new Framer(assembler, { fromServer, maxMessageBytes });
  for (const chunk of chunks) framer.push(chunk);
  return events;
}

/** Expects the same events however the stream is cut. */
function expectEvents(stream: ByteList, events: readonly string[]): void {
  for (const { name, chunks } of waysToCut(bytes(stream)))
    expect({ name, events: framed(chunks) }).toEqual({ name, events: [...events] });
}

const { message } = { message: LE.message.bind(LE) };

describe("framing", () => {
  test("passes whole messages of either order on", () => {
    expectEvents(
      [LE.control(2), message(1, [1, 2, 3]), BE.message(9, [0xff]), message(2, [])],
      ["control 2 0", "1: 01 02 03", "9 BE: ff", "2: "],
    );
  });

  test("glues segments cut anywhere", () => {
    expectEvents(
      [
        message(13, [1, 2], { segment: "first" }),
        message(13, [3], { segment: "middle" }),
        message(13, [4, 5], { segment: "last" }),
        message(2, []),
      ],
      ["13: 01 02 03 04 05", "2: "],
    );
  });

  test("accepts empty segments in every place", () => {
    expectEvents(
      [
        message(13, [], { segment: "first" }),
        message(13, [1], { segment: "middle" }),
        message(13, [], { segment: "middle" }),
        message(13, [2], { segment: "middle" }),
        message(13, [], { segment: "last" }),
      ],
      ["13: 01 02"],
    );
  });

  test("lets control messages through between segments", () => {
    expectEvents(
      [message(13, [1], { segment: "first" }), LE.control(3, 77), message(13, [2], { segment: "last" })],
      ["control 3 77", "13: 01 02"],
    );
  });

  test("keeps the many small segments of old C++ servers together", () => {
    const image = Array.from({ length: 600 }, (_, index) => index & 0xff);
    const segments = [0, 175, 350, 525].map((at, index) =>
      message(13, image.slice(at, at + 175), {
        segment: index === 0 ? "first" : index === 3 ? "last" : "middle",
      }),
    );
    expectEvents(segments, [`13: ${hexOf(bytes(image))}`]);
  });
});

describe("broken framing", () => {
  const refused = (stream: ByteList, options: { fromServer?: boolean; maxMessageBytes?: number } = {}) =>
    expect(() => framed([bytes(stream)], options));

  test("is seen in a continuation without a beginning", () => {
    refused(message(13, [1], { segment: "middle" })).toThrow(
      expect.objectContaining({ code: "bad-segment" }),
    );
    refused(message(13, [1], { segment: "last" })).toThrow(expect.objectContaining({ code: "bad-segment" }));
  });

  test("is seen in another message between segments", () => {
    const first = message(13, [1], { segment: "first" });
    refused([first, message(2, [])]).toThrow(expect.objectContaining({ code: "bad-segment" }));
    refused([first, message(10, [1], { segment: "last" })]).toThrow(
      expect.objectContaining({ code: "bad-segment" }),
    );
    refused([first, first]).toThrow(expect.objectContaining({ code: "bad-segment" }));
  });

  test("is seen in a message of the wrong direction", () => {
    refused(message(2, [], { fromServer: false })).toThrow(expect.objectContaining({ code: "bad-header" }));
    refused(message(2, []), { fromServer: false }).toThrow(expect.objectContaining({ code: "bad-header" }));
  });

  test("is a message longer than allowed, before its payload comes", () => {
    refused(message(13, Array<number>(11).fill(0)).slice(0, 8), { maxMessageBytes: 10 }).toThrow(
      expect.objectContaining({ code: "limit" }),
    );
  });

  test("is a sum of segments longer than allowed", () => {
    const six = Array<number>(6).fill(0);
    refused([message(13, six, { segment: "first" }), message(13, six, { segment: "last" })], {
      maxMessageBytes: 10,
    }).toThrow(expect.objectContaining({ code: "limit", numbers: { need: 12, have: 10 } }));
  });
});

test("a framer that is closed in the midst of a chunk passes nothing on behind it", () => {
  const events: string[] = [];
  const framer: Framer = new Framer(
    {
      begin: ({ command }) => void events.push(`begin ${command}`),
      payload: () => undefined,
      end: () => {
        events.push("end");
        framer.close();
      },
      control: () => undefined,
    },
    { fromServer: true, maxMessageBytes: 1000 },
  );
  framer.push(bytes([message(1, [1, 2]), message(13, [3])]));
  framer.push(bytes([message(2, [])]));
  expect(events).toEqual(["begin 1", "end"]);
});
