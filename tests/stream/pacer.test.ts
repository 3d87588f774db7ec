import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Pacer } from "../../server/stream/pacer.ts";

/** When each frame of a camera comes, with a jitter of up to `jitter` either way; milliseconds. */
function camera(fps: number, seconds: number, jitter: (frame: number) => number = () => 0): number[] {
  return Array.from(
    { length: Math.round(fps * seconds) },
    (_, frame) => 100 + (frame * 1000) / fps + jitter(frame),
  );
}

/** Which frames go and when, if the newest one that has not gone goes as soon as the pacer lets it. */
function send(pacer: Pacer, frames: readonly number[]): { frame: number; at: number }[] {
  const sent: { frame: number; at: number }[] = [];
  frames.forEach((arrival, frame) => {
    const at = Math.max(arrival, pacer.due);
    if (at >= (frames[frame + 1] ?? Infinity)) return;
    pacer.sent(at, sent.at(-1)?.frame !== frame - 1);
    sent.push({ frame, at });
  });
  return sent;
}

const jitters = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 500, maxLength: 500 });
const intervals = fc.double({ min: 1, max: 1000, noNaN: true });

describe("Pacer", () => {
  test("lets the first picture go at any time", () => {
    expect(new Pacer(100).due).toBe(-Infinity);
  });

  test("makes 30.0 pictures a second of a camera with 100", () => {
    const sent = send(new Pacer(1000 / 30), camera(100, 60));
    expect(Math.abs(sent.length / 60 - 30)).toBeLessThan(0.1);
  });

  test("makes exactly its rate of any camera at least twice as fast", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 60, noNaN: true }),
        fc.double({ min: 2, max: 20, noNaN: true }),
        (cap, ratio) => {
          const sent = send(new Pacer(1000 / cap), camera(cap * ratio, 30));
          // One at the start, half a lead, and one that goes after the last frame came.
          expect(Math.abs(sent.length - 30 * cap)).toBeLessThanOrEqual(3);
        },
      ),
    );
  });

  test("makes its rate and at most 1 % more of any faster camera", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2, noNaN: true }), (ratio) => {
        const perSecond = send(new Pacer(1000 / 30), camera(30 * ratio, 60)).length / 60;
        expect(perSecond).toBeGreaterThan(29.95);
        expect(perSecond).toBeLessThan(30.35);
      }),
    );
  });

  test("makes up within two seconds for a start that would delay every frame of a 30 fps camera", () => {
    const frames = [90, ...camera(30, 20)];
    const late = send(new Pacer(1000 / 30), frames).map(({ frame, at }) => at - frames[frame]!);
    expect(late).toHaveLength(601);
    expect(Math.max(...late)).toBeGreaterThan(5);
    expect(Math.max(...late.slice(60))).toBe(0);
  });

  test("lets every frame of a 25 fps camera pass at 30, with 8 ms of jitter either way", () => {
    fc.assert(
      fc.property(jitters, (jitter) => {
        expect(
          send(
            new Pacer(1000 / 30),
            camera(25, 20, (frame) => jitter[frame]!),
          ),
        ).toHaveLength(500);
      }),
    );
  });

  test("lets every frame of a 30 fps camera pass at 30, with 8 ms of jitter either way, and none late", () => {
    fc.assert(
      fc.property(jitters, (jitter) => {
        const frames = camera(30, 500 / 30, (frame) => jitter[frame]!);
        const sent = send(new Pacer(1000 / 30), frames);
        expect(sent).toHaveLength(500);
        expect(sent.every(({ frame, at }) => at === frames[frame])).toBe(true);
      }),
    );
  });

  test("never sends more than its rate allows in any span of time, whenever the frames come", () => {
    const gaps = fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(intervals, gaps, (interval, gaps) => {
        let time = 0;
        const times = send(
          new Pacer(interval),
          gaps.map((gap) => (time += gap)),
        ).map(({ at }) => at);
        for (let from = 0; from < times.length; from++) {
          for (let to = from + 1; to < times.length; to++) {
            const span = times[to]! - times[from]!;
            expect(to - from).toBeLessThanOrEqual(span / (interval * 0.99) + 0.51);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("does not save up the time that a slow camera lets pass", () => {
    const pacer = new Pacer(100);
    pacer.sent(0, true);
    pacer.sent(10_000, true);
    expect(pacer.due).toBe(10_050);
    pacer.sent(10_050, true);
    expect(pacer.due).toBe(10_150);
  });

  test("advances its due times from the last due time, not from a late send", () => {
    const pacer = new Pacer(100);
    pacer.sent(0, true);
    pacer.sent(60, true);
    expect(pacer.due).toBe(150);
    pacer.sent(190, true);
    expect(pacer.due).toBe(250);
  });

  test("does not make a faster viewer wait for the slow rate that held before it", () => {
    const pacer = new Pacer(1000);
    pacer.sent(0, true);
    pacer.change(20, 100);
    expect(pacer.due).toBeLessThanOrEqual(120);
  });
});
