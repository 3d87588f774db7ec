import { describe, expect, test } from "bun:test";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { seededRandom } from "./seeded-random.ts";
import { type Follower, Stage } from "./stage.ts";

/** Cameras that send more than the workers can draw. */
interface Overload {
  readonly workers: number;
  /** Frames a second of each camera. */
  readonly fps: readonly number[];
  /** What a job of each camera takes, milliseconds. */
  readonly jobMs: readonly number[];
  /** How many recipes each camera is drawn with. */
  readonly recipes?: readonly number[];
  readonly seconds: number;
}

/** What one viewer had of it. */
interface Had {
  readonly fps: number;
  /** Age of its pictures when they were delivered, from the arrival of their frames. */
  readonly worstAge: number;
}

/** Runs an overload and tells what each viewer had, camera by camera, in the time after the first second. */
async function run({ workers, fps, jobMs, recipes = [], seconds }: Overload): Promise<Had[][]> {
  const stage = new Stage({ workers });
  stage.encoder.duration = ({ frame }) => jobMs[frame.width - 1]!;
  const cameras: Follower[][] = [];
  for (const [camera] of fps.entries()) {
    const pv = `CAM${camera}`;
    const openings = Array.from({ length: recipes[camera] ?? 1 }, (_, recipe) =>
      stage.registry.open(pv, { ...DEFAULT_RECIPE, quality: 50 + recipe }),
    );
    stage.source(pv).connect();
    stage.source(pv).publish({ width: camera + 1 });
    await stage.advance(2000);
    cameras.push((await Promise.all(openings)).map((viewer) => stage.follow(viewer)));
  }
  const random = seededRandom(5);
  const due = fps.map((rate) => (random() * 1000) / rate);
  const begin = stage.clock.now();
  for (;;) {
    const next = Math.min(...due);
    if (next > seconds * 1000) break;
    const camera = due.indexOf(next);
    due[camera] = next + 1000 / fps[camera]!;
    await stage.clock.advance(begin + next - stage.clock.now());
    stage.source(`CAM${camera}`).publish({ width: camera + 1 });
  }
  return cameras.map((followers) => followers.map((follower) => had(follower, begin + 1000, seconds - 1)));
}

function had({ taken }: Follower, from: number, seconds: number): Had {
  const ages = taken.filter(({ at }) => at >= from).map(({ at, picture }) => at - picture.receivedAt);
  return { fps: ages.length / seconds, worstAge: Math.max(...ages) };
}

describe("cameras that send twice what the workers can draw", () => {
  test("fall together to half their rate, and no picture is older than two of their intervals", async () => {
    const cameras = await run({
      workers: 2,
      fps: Array<number>(8).fill(25),
      jobMs: Array<number>(8).fill(20),
      seconds: 20,
    });
    for (const [viewer] of cameras) {
      expect(viewer!.fps).toBeGreaterThan(11.8);
      expect(viewer!.fps).toBeLessThan(13.2);
      expect(viewer!.worstAge).toBeLessThan(2 * 40);
    }
  });

  test("with jobs of different length have the same rate, and none of their pictures is older than three intervals", async () => {
    const jobMs = [5, 10, 20, 40, 40, 20, 10, 5];
    const cameras = await run({ workers: 2, fps: Array<number>(8).fill(25), jobMs, seconds: 20 });
    const rates = cameras.map(([viewer]) => viewer!.fps);
    expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(1.25);
    for (const [viewer] of cameras) expect(viewer!.worstAge).toBeLessThan(3 * 40);
  });

  test("of different rates: a slow one keeps all of its frames, the fast ones share what is left", async () => {
    const cameras = await run({
      workers: 1,
      fps: [2, 30, 30, 30],
      jobMs: [20, 20, 20, 20],
      seconds: 20,
    });
    const [slow, ...fast] = cameras.map(([viewer]) => viewer!);
    expect(slow!.fps).toBeGreaterThan(1.9);
    for (const { fps } of fast) {
      expect(fps).toBeGreaterThan(14);
      expect(fps).toBeLessThan(18);
    }
    for (const { worstAge } of fast) expect(worstAge).toBeLessThan(3 * 33.4);
    expect(slow!.worstAge).toBeLessThan(3 * 33.4);
  });

  test("one of them drawn in ten ways does not take the others' turns", async () => {
    const cameras = await run({
      workers: 1,
      fps: [25, 25, 25],
      jobMs: [20, 20, 20],
      recipes: [10, 1, 1],
      seconds: 20,
    });
    const [many, one, other] = cameras;
    for (const [viewer] of [one!, other!]) {
      expect(viewer!.fps).toBeGreaterThan(14);
      expect(viewer!.worstAge).toBeLessThan(3 * 40);
    }
    const rates = many!.map(({ fps }) => fps);
    expect(rates.reduce((sum, fps) => sum + fps, 0)).toBeGreaterThan(14);
    expect(Math.max(...rates) - Math.min(...rates)).toBeLessThan(0.3);
  });

  test("ten times over starve nobody", async () => {
    const cameras = await run({
      workers: 2,
      fps: Array<number>(40).fill(25),
      jobMs: Array<number>(40).fill(20),
      seconds: 10,
    });
    const rates = cameras.map(([viewer]) => viewer!.fps);
    expect(Math.min(...rates)).toBeGreaterThan(2.1);
    expect(Math.max(...rates)).toBeLessThan(2.9);
    for (const [viewer] of cameras) expect(viewer!.worstAge).toBeLessThan(3 * 40);
  });
});

describe("viewers of one camera with different rates", () => {
  test("have what they asked for while the workers can, and share one encode a frame", async () => {
    const stage = new Stage({ workers: 1 });
    stage.encoder.duration = () => 20;
    const opening = [30, 10, 4, 1].map((fps) => stage.watch({ fps }));
    await stage.advance(100);
    const followers = (await Promise.all(opening)).map((viewer) => stage.follow(viewer));
    for (let frame = 0; frame < 1500; frame++) {
      await stage.advance(20);
      stage.source().publish();
    }
    const rates = followers.map(({ taken }) => taken.length / 30);
    expect(rates.map((rate) => Math.round(rate * 2) / 2)).toEqual([30, 10, 4, 1]);
    expect(stage.encoder.jobs.length / 30).toBeLessThan(31);
  });

  test("under overload the fast ones fall to what there is, and the slow ones keep theirs", async () => {
    const stage = new Stage({ workers: 1 });
    stage.encoder.duration = () => 125;
    const opening = [30, 4].map((fps) => stage.watch({ fps }));
    await stage.advance(500);
    const followers = (await Promise.all(opening)).map((viewer) => stage.follow(viewer));
    for (let frame = 0; frame < 1500; frame++) {
      await stage.advance(20);
      stage.source().publish();
    }
    const [fast, slow] = followers.map(({ taken }) => taken.length / 30);
    expect(fast).toBeCloseTo(8, 0);
    expect(slow).toBeCloseTo(4, 0);
  });
});
