import { expect, test } from "bun:test";
import { ShownSessions } from "../../server/http/access-sessions.ts";

test("a session counts as shown by the address that has shown it, and by no other", () => {
  const shown = new ShownSessions();
  shown.note("192.0.2.1", "a");
  shown.note("2001:db8::1", "a");
  expect(shown.has("192.0.2.1", "a")).toBe(true);
  expect(shown.has("2001:db8::ffff", "a")).toBe(true);
  expect(shown.has("192.0.2.2", "a")).toBe(false);
  expect(shown.has("192.0.2.1", "b")).toBe(false);
});

test("those shown least lately are forgotten, so that the memory is bounded", () => {
  const shown = new ShownSessions();
  shown.note("192.0.2.1", "first");
  shown.note("192.0.2.1", "second");
  for (let index = 0; index < 9999; index++) {
    shown.note("192.0.2.1", "first");
    shown.note("192.0.2.3", String(index));
  }
  expect(shown.size).toBe(10_000);
  expect(shown.has("192.0.2.1", "first")).toBe(true);
  expect(shown.has("192.0.2.1", "second")).toBe(false);
});
