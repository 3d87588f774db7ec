import { expect, test } from "bun:test";
import { type CalmLog, calmLog } from "../server/calm-log.ts";
import { silentLog, type Log } from "../server/log.ts";
import { ManualClock } from "./support/manual-clock.ts";

/** A calm log on a clock that stands still, and what comes through it. */
function stage(): { log: CalmLog; clock: ManualClock; lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, properties: Record<string, unknown> = {}): void =>
      void lines.push(
        `${level}: ${message.replaceAll(/\{(\w+)\}/gu, (_, name: string) => String(properties[name]))}`,
      );
  const under: Log = {
    debug: write("debug"),
    info: write("info"),
    warning: write("warning"),
    error: write("error"),
  };
  const clock = new ManualClock();
  return { log: calmLog(under, clock), clock, lines };
}

test("a line passes at once and as it is", () => {
  const { log, lines } = stage();
  log.warning("{pv}: {what}", { pv: "CAM", what: "late" });
  expect(lines).toEqual(["warning: CAM: late"]);
});

test("a thousand lines of one camera become five and one that counts the rest", async () => {
  const { log, clock, lines } = stage();
  for (let frame = 1; frame <= 1000; frame++) log.warning("{pv}: frame {frame} is bad", { pv: "CAM", frame });
  expect(lines).toHaveLength(5);
  await clock.advance(10_000);
  expect(lines.slice(5)).toEqual(["warning: CAM: frame 1000 is bad (995 more lines like this within 10 s)"]);
  expect(clock.pending).toBe(0);
});

test("what is said of one camera takes nothing from another, nor from another line", () => {
  const { log, lines } = stage();
  for (let frame = 1; frame <= 100; frame++) log.warning("{pv} is bad", { pv: "NOISY" });
  log.warning("{pv} is bad", { pv: "QUIET" });
  log.warning("{pv} is worse", { pv: "NOISY" });
  log.error("{pv} is bad", { pv: "NOISY" });
  expect(lines.slice(5)).toEqual(["warning: QUIET is bad", "warning: NOISY is worse", "error: NOISY is bad"]);
});

test("ten thousand cameras that are asked for once each become fifty lines and a count", async () => {
  const { log, clock, lines } = stage();
  for (let camera = 1; camera <= 10_000; camera++) log.info("{pv}: closed", { pv: `CAM${camera}` });
  expect(lines).toHaveLength(50);
  await clock.advance(10_000);
  expect(lines.slice(50)).toEqual(["info: CAM10000: closed (9950 more lines like this within 10 s)"]);
});

test("every line is told of: those written and those counted are all there were", async () => {
  const { log, clock, lines } = stage();
  let written = 0;
  for (let second = 0; second < 60; second++) {
    for (let camera = 0; camera < 30; camera++) {
      for (let line = 0; line <= camera; line++, written++) log.info("{pv}: again", { pv: `CAM${camera}` });
    }
    await clock.advance(1000);
  }
  await clock.advance(10_000);
  const counted = lines.map((line) => Number(/\((\d+) more/u.exec(line)?.[1] ?? 1));
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(written);
  expect(lines.length).toBeLessThan(7 * (50 + 31));
});

test("after the window a line passes again", async () => {
  const { log, clock, lines } = stage();
  for (let line = 0; line < 9; line++) log.info("again");
  await clock.advance(10_000);
  lines.length = 0;
  log.info("again");
  expect(lines).toEqual(["info: again"]);
});

test("lines of debug all pass", () => {
  const { log, lines } = stage();
  for (let line = 0; line < 200; line++) log.debug("{path}", { path: "/" });
  expect(lines).toHaveLength(200);
});

test("flush says at once what was held back, and leaves no alarm", () => {
  const { log, clock, lines } = stage();
  for (let line = 0; line < 7; line++) log.error("no");
  log.flush();
  expect(lines.at(-1)).toBe("error: no (2 more lines like this within 10 s)");
  expect(clock.pending).toBe(0);
});

test("no alarm is set while nothing but debug is logged", () => {
  const clock = new ManualClock();
  const log = calmLog(silentLog, clock);
  log.debug("a request");
  expect(clock.pending).toBe(0);
});
