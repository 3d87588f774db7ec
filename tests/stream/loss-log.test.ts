import { beforeEach, describe, expect, test } from "bun:test";
import type { Log } from "../../server/log.ts";
import type { Drops, StreamReport } from "../../server/stream/index.ts";
import { LossLog } from "../../server/stream/loss-log.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** A stream whose frames the test counts. */
class Counted {
  readonly pv: string;
  readonly drops: Drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
  framesIn = 0;
  viewers = 3;
  openedAt = 0;

  constructor(pv: string) {
    this.pv = pv;
  }

  get report(): StreamReport {
    const { pv, drops, framesIn, viewers, openedAt } = this;
    const rates = { cameraFps: 0, encodedFps: 0, outFps: 0 };
    const rest = {
      state: "live",
      reason: "",
      framesEncoded: 0,
      bytesOut: 0,
      renditions: [],
      clients: [],
    } as const;
    return { pv, viewers, drops, framesIn, openedAt, ...rates, ...rest };
  }
}

let clock: ManualClock;
let streams: Counted[];
let lines: string[];
let losses: LossLog;
beforeEach(() => {
  clock = new ManualClock();
  streams = [new Counted("CAM")];
  lines = [];
  const write = (level: string) => (message: string, properties?: Record<string, unknown>) =>
    void lines.push(
      `${level} ${message.replace(/\{(\w+)\}/gu, (_, name: string) => String(properties?.[name]))}`,
    );
  const log: Log = {
    debug: write("debug"),
    info: write("info"),
    warning: write("warning"),
    error: write("error"),
  };
  losses = new LossLog(() => streams.map(({ report }) => report), clock, log);
});

/** Frames come, and some are lost. */
function lose(drops: Partial<Drops>, frames = 1000, stream = streams[0]!): void {
  stream.framesIn += frames;
  for (const [name, count] of Object.entries(drops)) stream.drops[name as keyof Drops] += count;
}

describe("losses are told of", () => {
  test("in one line for a thousand frames", async () => {
    lose({ paced: 312, slow: 688 });
    await clock.advance(10_000);
    expect(lines).toEqual(["info CAM: 1000 frames in 10 s: 312 paced, 688 slow (3 viewers)"]);
  });

  test("as what was lost since the line before", async () => {
    lose({ slow: 700 });
    await clock.advance(10_000);
    lose({ slow: 500, overrun: 20 });
    await clock.advance(20_000);
    expect(lines[1]).toBe("info CAM: 1020 frames in 20 s: 20 overrun, 500 slow (3 viewers)");
  });

  test("less and less often while they last, and at least every eleven minutes", async () => {
    for (let second = 0; second < 7200; second += 10) {
      lose({ skipped: 100 });
      await clock.advance(10_000);
    }
    expect(lines.length).toBeGreaterThanOrEqual(14);
    expect(lines.length).toBeLessThanOrEqual(18);
    const told = lines.map((line) => Number(/(\d+) skipped/u.exec(line)![1]));
    expect(told.slice(0, 4)).toEqual([100, 200, 400, 800]);
  });

  test("soon again after it was well for as long", async () => {
    for (let look = 0; look < 3; look++) {
      lose({ slow: 600 });
      await clock.advance(10_000);
    }
    for (let look = 0; look < 8; look++) {
      lose({});
      await clock.advance(10_000);
    }
    lines.length = 0;
    lose({ slow: 600 });
    await clock.advance(10_000);
    expect(lines).toHaveLength(1);
  });

  test("only at debug where it is the wished frame rate", async () => {
    lose({ paced: 700 });
    await clock.advance(10_000);
    expect(lines).toEqual(["debug CAM: 1000 frames in 10 s: 700 paced (3 viewers)"]);
  });

  test("only at debug where it is a frame in a hundred", async () => {
    lose({ skipped: 10 });
    await clock.advance(10_000);
    expect(lines).toEqual(["debug CAM: 1000 frames in 10 s: 10 skipped (3 viewers)"]);
  });

  test("not where nothing is lost", async () => {
    lose({});
    await clock.advance(60_000);
    expect(lines).toEqual([]);
  });

  test("not where nobody watches, and not as if somebody had when one comes", async () => {
    streams[0]!.viewers = 0;
    lose({ skipped: 1000 });
    await clock.advance(10_000);
    streams[0]!.viewers = 1;
    lose({ slow: 100 }, 200);
    await clock.advance(10_000);
    expect(lines).toEqual(["info CAM: 200 frames in 10 s: 100 slow (1 viewer)"]);
  });

  test("of a stream that was opened anew, with what it has lost itself", async () => {
    lose({ slow: 500 });
    await clock.advance(10_000);
    const again = new Counted("CAM");
    again.openedAt = 5000;
    streams = [again];
    lose({ slow: 30 }, 100);
    await clock.advance(10_000);
    expect(lines[1]).toBe("info CAM: 100 frames in 10 s: 30 slow (3 viewers)");
  });

  test("of one that was opened between two looks for the time that it has been open, ten seconds at least", async () => {
    await clock.advance(8000);
    streams[0]!.openedAt = clock.wallTime();
    lose({ slow: 50 }, 100);
    await clock.advance(2000);
    expect(lines).toEqual([]);
    lose({ slow: 250 }, 500);
    await clock.advance(10_000);
    expect(lines).toEqual(["info CAM: 600 frames in 12 s: 300 slow (3 viewers)"]);
  });

  test("of a wall of cameras in ten lines, the worst of them by name", async () => {
    streams = Array.from({ length: 300 }, (_, place) => new Counted(`CAM${place}`));
    for (const [place, stream] of streams.entries()) lose({ slow: 100 + place }, 1000, stream);
    await clock.advance(10_000);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain("CAM299: 1000 frames");
    // 291 streams, which have lost 100 to 390 frames.
    expect(lines[9]).toBe(`info 291 other streams lost ${(291 * (100 + 390)) / 2} frames`);
  });
});

test("nothing is left of streams that are gone, nor an alarm when it is stopped", async () => {
  lose({ slow: 500 });
  await clock.advance(10_000);
  streams = [];
  await clock.advance(10_000);
  losses.stop();
  expect(clock.pending).toBe(0);
  expect(lines).toHaveLength(1);
});
