import { describe, expect, test } from "bun:test";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { seededRandom } from "./seeded-random.ts";
import { Stage, type Follower } from "./stage.ts";

const SECONDS = 120;
/** The first seconds, in which viewers fall into step, are not measured. */
const WARM_UP = 1000;

interface Scene {
  readonly cameraFps: number;
  /** Milliseconds either way. */
  readonly jitter?: number;
  readonly workers: number;
  readonly caps: readonly number[];
  /** What one encode takes, milliseconds, from a number between 0 and 1. */
  readonly encodeMs: (random: number) => number;
}

interface Outcome {
  readonly stage: Stage;
  readonly followers: readonly Follower[];
  /** Pictures per second of each viewer. */
  readonly rates: readonly number[];
  /** Milliseconds from the arrival of a frame to the viewer, over all pictures. */
  readonly ages: readonly number[];
  readonly encodesPerSecond: number;
}

/** Lets a camera run for two minutes of virtual time before viewers who take all they may have. */
async function play({ cameraFps, jitter = 0, workers, caps, encodeMs }: Scene): Promise<Outcome> {
  const stage = new Stage({ workers });
  const random = seededRandom(cameraFps * 100 + workers);
  stage.encoder.duration = () => encodeMs(random());
  const openings = caps.map((fps) => stage.watch({ fps }));
  await stage.advance(100);
  const followers = (await Promise.all(openings)).map((viewer) => stage.follow(viewer));
  const started = stage.clock.now();
  for (let frame = 1; frame <= SECONDS * cameraFps; frame++) {
    const due = started + (frame * 1000) / cameraFps + jitter * (2 * random() - 1);
    await stage.advance(Math.max(0, due - stage.clock.now()));
    stage.source().publish();
  }
  await stage.advance(1000);
  const from = started + WARM_UP;
  const to = started + SECONDS * 1000;
  const within = ({ at }: { at: number }): boolean => at >= from && at < to;
  const perSecond = (events: readonly { at: number }[]): number =>
    events.filter(within).length / ((to - from) / 1000);
  return {
    stage,
    followers,
    rates: followers.map(({ taken }) => perSecond(taken)),
    ages: followers.flatMap(({ taken }) =>
      taken.filter(within).map(({ picture, at }) => at - picture.receivedAt),
    ),
    encodesPerSecond: perSecond(stage.encoder.jobs),
  };
}

/** What must hold whatever the scene: no frame encoded twice, order, exact accounts, nothing left behind. */
async function expectOrder({ stage, followers }: Outcome): Promise<void> {
  const encoded = stage.encoder.jobs.map(({ job }) => job.frame.sequence);
  expect(new Set(encoded).size).toBe(encoded.length);
  const published = stage.source().published;
  for (const { viewer, taken } of followers) {
    const order = taken.map(({ picture }) => picture.sequence);
    expect(order.every((sequence, index) => index === 0 || sequence > order[index - 1]!)).toBe(true);
    const { paced, slow, skipped, failed } = viewer.drops;
    expect(taken.length + paced + slow + skipped + failed).toBe(published - firstSequence(taken[0]!.picture));
  }
  const { drops } = stage.registry.list()[0]!;
  expect(encoded.length + drops.paced + drops.slow + drops.skipped).toBe(published);
  await stage.registry.close();
  expect([stage.holds.count, stage.clock.pending, stage.encoder.waiting]).toEqual([0, 0, 0]);
}

/** Frames before the first that a viewer could have had. */
const firstSequence = ({ sequence }: { sequence: number }): number => sequence - 1;

const cases = [
  { cameraFps: 400, workers: 1 },
  { cameraFps: 400, workers: 2 },
  { cameraFps: 100, workers: 1 },
  { cameraFps: 100, workers: 2 },
];

describe("two minutes of viewing", () => {
  for (const { cameraFps, workers } of cases) {
    test(`give viewers of a ${cameraFps} fps camera their 30, 10 and 5, with ${workers} worker(s) of 1–20 ms`, async () => {
      const outcome = await play({
        cameraFps,
        workers,
        caps: [30, 30, 10, 5],
        encodeMs: (random) => 1 + 19 * random,
      });
      [30, 30, 10, 5].forEach((cap, viewer) => {
        expect(Math.abs(outcome.rates[viewer]! - cap)).toBeLessThan(0.1);
      });
      expect(Math.abs(outcome.encodesPerSecond - 30)).toBeLessThan(0.1);
      expect(Math.max(...outcome.ages)).toBeLessThanOrEqual(20 + 1000 / cameraFps + 0.001);
      await expectOrder(outcome);
    });
  }

  for (const cameraFps of [25, 30]) {
    test(`give every frame of a ${cameraFps} fps camera with 8 ms of jitter to the 30 fps viewer`, async () => {
      const outcome = await play({
        cameraFps,
        jitter: 8,
        workers: 1,
        caps: [30, 10],
        encodeMs: (random) => 1 + 9 * random,
      });
      const [fast, slow] = outcome.followers;
      expect(fast!.taken).toHaveLength(outcome.stage.source().published);
      expect(Math.abs(outcome.rates[1]! - 10)).toBeLessThan(0.1);
      expect(fast!.viewer.drops).toMatchObject({ paced: 0, slow: 0, skipped: 0 });
      expect(slow!.viewer.drops).toMatchObject({ slow: 0, skipped: 0 });
      await expectOrder(outcome);
    });
  }

  test("give what one worker of 50 ms can encode, always of the newest frame", async () => {
    const outcome = await play({ cameraFps: 100, workers: 1, caps: [30, 5], encodeMs: () => 50 });
    expect(Math.abs(outcome.rates[0]! - 20)).toBeLessThan(0.2);
    expect(Math.abs(outcome.rates[1]! - 5)).toBeLessThan(0.1);
    expect(Math.max(...outcome.ages)).toBeLessThanOrEqual(60.001);
    await expectOrder(outcome);
  });

  test("keep the age of pictures bounded when four recipes share one busy worker", async () => {
    const stage = new Stage({ workers: 1 });
    stage.encoder.duration = () => 40;
    const openings = [10, 20, 30, 40].map((quality) =>
      stage.watch({ recipe: { ...DEFAULT_RECIPE, quality } }),
    );
    await stage.advance(1000);
    const followers = (await Promise.all(openings)).map((viewer) => stage.follow(viewer));
    for (let frame = 0; frame < 60 * 100; frame++) {
      await stage.advance(10);
      stage.source().publish();
    }
    for (const { taken } of followers) {
      expect(Math.abs(taken.length / 60 - 1000 / 160)).toBeLessThan(0.2);
      const ages = taken.slice(1).map(({ picture, at }) => at - picture.receivedAt);
      expect(Math.max(...ages)).toBeLessThanOrEqual(50);
    }
    await stage.advance(1000);
    await stage.registry.close();
    expect([stage.holds.count, stage.clock.pending]).toEqual([0, 0]);
  });
});
