import { describe, expect, test } from "bun:test";
import type { LogRecord } from "@logtape/logtape";
import { jsonLine, textLine } from "../server/log-line.ts";

/** A record as LogTape makes it of `"{text}"` with that property, or with others. */
function record(text: unknown, properties: Record<string, unknown> = { text }): LogRecord {
  return {
    category: ["pva-to-video", "stream"],
    level: "warning",
    message: ["saw ", text, "."],
    rawMessage: "saw {text}.",
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    properties,
  };
}

/** Each turns the line, hides in it, moves the cursor or ends the line, and is in a PV's name or a server's message. */
const TRICKS = [
  ["a right-to-left override", "CAM\u202Egpj.exe", "CAM\\u{202e}gpj.exe"],
  ["an isolate", "\u2067CAM\u2069", "\\u{2067}CAM\\u{2069}"],
  ["an escape sequence", "CAM\u001B[2J", "CAM\\u{1b}[2J"],
  ["a control of C1", "CAM\u009B2J", "CAM\\u{9b}2J"],
  ["a zero-width space", "CA\u200BM", "CA\\u{200b}M"],
  ["a paragraph separator", "CAM\u2029X", "CAM\\u{2029}X"],
  ["a line feed", "CAM\r\n12:00:00.000 [ERR] forged", "CAM ↵ 12:00:00.000 [ERR] forged"],
  ["a carriage return", "CAM\rX", "CAM\\u{d}X"],
  ["a lone surrogate", "CAM\uD800", "CAM\\u{d800}"],
  ["a tag character", "CAM\u{E0041}", "CAM\\u{e0041}"],
] as const;

describe("a line for people", () => {
  test("has the time, the level, the room and the message", () => {
    expect(textLine(record("CAM"))).toBe("03:04:05.006 [WRN] pva-to-video·stream: saw CAM.");
  });

  test.each(TRICKS)("shows %s instead of obeying it", (_, text, shown) => {
    expect(textLine(record(text))).toEndWith(`saw ${shown}.`);
  });

  test("keeps letters of every script", () => {
    expect(textLine(record("Kamera-Ä β 相機 مرحبا"))).toEndWith("saw Kamera-Ä β 相機 مرحبا.");
  });

  test("has a bounded length, and says what it was", () => {
    const line = textLine(record("x".repeat(1_000_000)));
    expect(line.length).toBeLessThan(4100);
    expect(line).toMatch(/x… \(10000\d\d characters\)$/u);
  });
});

describe("a line for programs", () => {
  const parsed = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;

  test("is one JSON object with time, level, room, message and properties", () => {
    expect(parsed(jsonLine(record("CAM", { text: "CAM", frames: 3 })))).toEqual({
      time: "2026-01-02T03:04:05.006Z",
      level: "warning",
      room: "stream",
      message: "saw CAM.",
      properties: { text: "CAM", frames: 3 },
    });
  });

  test("has no properties where the line has none", () => {
    expect(parsed(jsonLine({ ...record("CAM", {}), message: ["ready"] }))).toMatchObject({
      message: "ready",
    });
    expect(jsonLine(record("CAM", {}))).not.toContain("properties");
  });

  test.each(TRICKS)("has %s escaped, and loses nothing of it", (_, text) => {
    const line = jsonLine(record(text));
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(parsed(line)).toMatchObject({ properties: { text } });
  });

  test("takes errors apart, with their code and cause", () => {
    const error = Object.assign(new Error("no", { cause: new TypeError("deep") }), { code: "refused" });
    const { properties } = parsed(jsonLine(record(error, { error })));
    expect(properties).toMatchObject({
      error: { name: "Error", code: "refused", message: "no", cause: { name: "TypeError", message: "deep" } },
    });
  });

  test("says in words what JSON has no way to say", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    for (const value of [2n ** 70n, circle, new Map([["a", 1]]), new Uint8Array(3), Symbol("s"), () => 1]) {
      expect(typeof parsed(jsonLine(record("x", { value })))["properties"]).not.toBe("undefined");
    }
    expect(jsonLine(record("x", { value: 2n ** 70n }))).toContain('"value":"1180591620717411303424n"');
  });

  test("cuts long texts", () => {
    expect(jsonLine(record("x".repeat(100_000))).length).toBeLessThan(10_000);
  });
});
