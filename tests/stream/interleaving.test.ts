import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EncodeError } from "../../server/encode/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import type { StreamPicture, Viewer } from "../../server/stream/index.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { settle } from "../support/manual-clock.ts";
import { Stage } from "./stage.ts";

/** One who may ask, wait, leave, or never come back, as chance has it. */
class Guest {
  readonly control = new AbortController();
  readonly taken: StreamPicture[] = [];
  viewer: Viewer | undefined;
  waiting = false;
  refused = false;

  constructor(opening: Promise<Viewer>) {
    opening.then(
      (viewer) => (this.viewer = viewer),
      () => (this.refused = true),
    );
  }

  ask(repeatAfterMs: number | undefined): void {
    if (this.viewer === undefined || this.waiting) return;
    this.waiting = true;
    const options = repeatAfterMs === undefined ? {} : { repeatAfterMs };
    void this.viewer.next(options).then((picture) => {
      this.waiting = false;
      if (picture !== undefined && !picture.repeat) this.taken.push(picture);
    });
  }
}

const pvs = ["A", "B"] as const;
const pv = fc.constantFrom(...pvs);
const guest = fc.nat(20);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("publish" as const), pv }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("ask" as const), guest, repeat: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("all ask" as const) }) },
  { weight: 9, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(60) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(3000, 5000, 60_000) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("open" as const),
      pv,
      quality: fc.constantFrom(20, 80),
      fps: fc.constantFrom(5, 30),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("close" as const), guest }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abort" as const), guest }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lose" as const), pv }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fault" as const), pv, other: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("breakage" as const), broken: fc.boolean() }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const fault = (other: boolean): ImageFault =>
  other
    ? new ImageFault("not-an-image", "structure", "it is a table")
    : new ImageFault("bad-frame", "size", "it is too short");

/** A registry, its guests, and what chance does to them. */
class Evening {
  readonly stage: Stage;
  readonly guests: Guest[] = [];

  constructor(workers: number, encodeMs: number) {
    this.stage = new Stage({ workers });
    this.stage.encoder.duration = () => encodeMs;
  }

  /** Does one step; where there is nothing to do it to, nothing. */
  take(step: Step): void | Promise<void> {
    switch (step.do) {
      case "publish":
        this.stage.sources.get(step.pv)?.connect();
        return this.stage.sources.get(step.pv)?.publish();
      case "ask":
        return this.#guest(step.guest)?.ask(step.repeat ? 100 : undefined);
      case "all ask":
        for (const guest of this.guests) guest.ask(undefined);
        return;
      case "pass":
        return this.stage.advance(step.ms);
      case "open": {
        this.#open(step.pv, step.quality, step.fps);
        return;
      }
      case "close":
        return this.#guest(step.guest)?.viewer?.close();
      case "abort":
        return this.#guest(step.guest)?.control.abort();
      case "lose":
        return this.stage.sources.get(step.pv)?.state({ kind: "disconnected", reason: "chance" });
      case "fault":
        return this.stage.sources.get(step.pv)?.fault(fault(step.other));
      case "breakage":
        this.stage.encoder.failure = () => (step.broken ? new EncodeError("bad-frame", "chance") : undefined);
    }
  }

  async end(): Promise<void> {
    const closing = this.stage.registry.close();
    await settle();
    // From here on only the jobs under way may have anything to wait for.
    expect(this.stage.clock.pending).toBe(this.stage.encoder.alarms);
    expect(this.stage.encoder.waiting).toBe(0);
    await this.stage.advance(1000);
    await closing;
  }

  #open(pv: string, quality: number, fps: number): void {
    const guest: Guest = new Guest(
      Promise.resolve().then(() =>
        this.stage.registry.open(pv, { ...DEFAULT_RECIPE, quality }, { fps, signal: guest.control.signal }),
      ),
    );
    this.guests.push(guest);
  }

  #guest(index: number): Guest | undefined {
    return this.guests[index % Math.max(1, this.guests.length)];
  }
}

const evenings = fc.record({
  workers: fc.constantFrom(1, 2, 3),
  encodeMs: fc.constantFrom(0, 3, 45),
  steps: fc.array(step, { minLength: 20, maxLength: 200 }),
});

describe("whatever viewers, cameras and workers do, in whatever order", () => {
  test("every frame is let go, every alarm is off and nobody waits after the end", async () => {
    await fc.assert(
      fc.asyncProperty(evenings, async ({ workers, encodeMs, steps }) => {
        const evening = new Evening(workers, encodeMs);
        for (const step of steps) await evening.take(step);
        await evening.end();
        const { holds, clock, encoder, registry } = evening.stage;
        expect([holds.count, clock.pending, encoder.waiting]).toEqual([0, 0, 0]);
        expect(registry.list()).toEqual([]);
        expect(evening.guests.filter(({ waiting }) => waiting)).toEqual([]);
        expect(evening.guests.every(({ viewer, refused }) => (viewer !== undefined) !== refused)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("nobody gets an older picture after a newer one, or one twice that is not marked as repeated", async () => {
    await fc.assert(
      fc.asyncProperty(evenings, async ({ workers, encodeMs, steps }) => {
        const evening = new Evening(workers, encodeMs);
        for (const step of steps) await evening.take(step);
        for (const { taken } of evening.guests) {
          const order = taken.map(({ sequence }) => sequence);
          expect(order).toEqual([...new Set(order)].sort((a, b) => a - b));
        }
        await evening.end();
      }),
      { numRuns: 200 },
    );
  });

  test("a stream without viewers is over at the latest a linger later", async () => {
    await fc.assert(
      fc.asyncProperty(evenings, async ({ workers, encodeMs, steps }) => {
        const evening = new Evening(workers, encodeMs);
        for (const step of steps) await evening.take(step);
        await evening.stage.advance(3000);
        for (const { viewer } of evening.guests) viewer?.close();
        await evening.stage.advance(60_000);
        const { registry, holds, clock } = evening.stage;
        expect(registry.list()).toEqual([]);
        expect([holds.count, clock.pending]).toEqual([0, 0]);
      }),
      { numRuns: 200 },
    );
  });
});
