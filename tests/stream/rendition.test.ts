import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { isPending, Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

/** Publishes `frames` images of CAM, one every `interval` milliseconds, the first after one interval. */
async function publish(frames: number, interval: number): Promise<void> {
  for (let frame = 0; frame < frames; frame++) {
    await stage.advance(interval);
    stage.source().publish();
  }
  await stage.advance(0);
}

const small: Recipe = { ...DEFAULT_RECIPE, quality: 40 };
const sequences = (): number[] => stage.encoder.jobs.map(({ job }) => job.frame.sequence);

describe("Rendition", () => {
  test("encodes a frame once for all viewers with the same recipe, and gives them the same object", async () => {
    const viewers = [
      await stage.watch(),
      await stage.watch(),
      await stage.watch({ recipe: { ...DEFAULT_RECIPE } }),
    ];
    const pictures = await Promise.all(viewers.map((viewer) => viewer.next()));
    expect(new Set(pictures).size).toBe(1);
    const next = viewers.map((viewer) => viewer.next());
    await publish(1, 100);
    expect(new Set(await Promise.all(next)).size).toBe(1);
    expect(sequences()).toEqual([1, 2]);
  });

  test("encodes a frame once for each of two recipes", async () => {
    const one = stage.follow(await stage.watch());
    const other = stage.follow(await stage.watch({ recipe: small }));
    await publish(1, 100);
    expect(sequences()).toEqual([1, 1, 2, 2]);
    expect([one.taken.length, other.taken.length]).toEqual([2, 2]);
    expect(one.taken[1]!.picture).not.toBe(other.taken[1]!.picture);
  });

  test("hands each job what the picture before it left, for its own recipe only, and the time of its frame", async () => {
    stage.encoder.leaves = ({ frame, recipe }) => ({
      range: { low: frame.sequence, high: recipe.quality, at: frame.receivedAt },
    });
    stage.follow(await stage.watch());
    stage.follow(await stage.watch({ recipe: small }));
    await publish(2, 100);
    const given = stage.encoder.jobs.map(({ job }) => [job.recipe.quality, job.history?.range?.low]);
    expect(given.filter(([quality]) => quality === 92)).toEqual([
      [92, undefined],
      [92, 1],
      [92, 2],
    ]);
    expect(given.filter(([quality]) => quality === 40)).toEqual([
      [40, undefined],
      [40, 1],
      [40, 2],
    ]);
    expect(stage.encoder.jobs.every(({ job }) => job.at === job.frame.receivedAt)).toBe(true);
  });

  test("gives newcomers its picture also while the source is filling the memory of its frame anew", async () => {
    const first = await stage.watch();
    await first.next();
    stage.source().refill();
    const newcomer = await stage.watch();
    expect((await newcomer.next())?.sequence).toBe(1);
    const next = newcomer.next();
    await publish(1, 100);
    expect((await next)?.sequence).toBe(2);
    expect(sequences()).toEqual([1, 2]);
  });

  test("encodes nothing while nobody waits", async () => {
    const viewer = await stage.watch();
    await viewer.next();
    await publish(50, 40);
    expect(sequences()).toEqual([1]);
    expect((await viewer.next())?.sequence).toBe(51);
    expect(sequences()).toEqual([1, 51]);
  });

  test("encodes every frame of a camera that is slower than its viewer, without delay", async () => {
    const { taken } = stage.follow(await stage.watch());
    await publish(100, 40);
    expect(taken.map(({ picture }) => picture.sequence)).toEqual(
      Array.from({ length: 101 }, (_, i) => i + 1),
    );
    expect(taken.slice(1).every(({ picture, at }) => at === picture.receivedAt)).toBe(true);
  });

  test("chooses the frame when the viewer is due, not when the alarm was set", async () => {
    const { taken } = stage.follow(await stage.watch({ fps: 2 }));
    await stage.advance(200);
    stage.source().publish();
    await stage.advance(44);
    stage.source().publish();
    await stage.advance(1);
    expect(taken.map(({ picture, at }) => [picture.sequence, at])).toEqual([
      [1, 0],
      [3, 245],
    ]);
  });

  test("never encodes more often than its fastest viewer may have a picture, in whatever phase the others are", async () => {
    stage.follow(await stage.watch({ fps: 10 }));
    for (let viewer = 0; viewer < 7; viewer++) {
      await publish(1, 13);
      stage.follow(await stage.watch({ fps: 10 - viewer }));
    }
    const before = stage.encoder.jobs.length;
    await publish(6000, 10);
    expect(Math.abs(stage.encoder.jobs.length - before - 600)).toBeLessThanOrEqual(1);
  });

  test("gives a slower viewer the picture that is there when it falls due, if it is of the newest frame", async () => {
    stage.follow(await stage.watch({ fps: 30 }));
    const slow = stage.follow(await stage.watch({ fps: 4 }));
    await publish(1, 100);
    expect(slow.taken).toHaveLength(1);
    await stage.advance(25);
    expect(slow.taken.map(({ at }) => at)).toEqual([0, 122.5]);
    expect(sequences()).toEqual([1, 2]);
  });

  test("never lets a viewer who does not come back delay another", async () => {
    const away = await stage.watch();
    await away.next();
    const { taken } = stage.follow(await stage.watch());
    await publish(100, 40);
    expect(taken).toHaveLength(101);
    expect(away.drops).toMatchObject({ slow: 99, paced: 0, skipped: 0 });
    expect((await away.next())?.sequence).toBe(101);
  });

  test("takes the newest frame at the moment when a worker is free", async () => {
    stage.encoder.duration = () => 100;
    const first = stage.watch();
    const opening = stage.watch({ pv: "OTHER" });
    await stage.advance(50);
    stage.source("OTHER").publish();
    stage.source("OTHER").publish();
    await stage.advance(150);
    await first;
    expect((await (await opening).next())?.sequence).toBe(3);
    expect(stage.encoder.jobs.map(({ at }) => at)).toEqual([0, 100]);
  });

  test("lets renditions take turns when the workers are busy", async () => {
    stage.encoder.duration = () => 50;
    const recipes = [DEFAULT_RECIPE, small, { ...DEFAULT_RECIPE, quality: 10 }];
    const openings = recipes.map((recipe) => stage.watch({ recipe }));
    await stage.advance(200);
    const followers = (await Promise.all(openings)).map((viewer) => stage.follow(viewer));
    await publish(300, 10);
    const counts = followers.map(({ taken }) => taken.length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(stage.encoder.jobs.slice(-6).map(({ job }) => job.recipe.quality)).toEqual(
      [...stage.encoder.jobs.slice(-3), ...stage.encoder.jobs.slice(-3)].map(({ job }) => job.recipe.quality),
    );
  });

  test("has one job at a time, and its pictures come in order", async () => {
    stage = new Stage({ workers: 4 });
    let job = 0;
    stage.encoder.duration = () => [45, 5, 80, 20][job++ % 4]!;
    const opening = stage.watch();
    await stage.advance(100);
    const { taken } = stage.follow(await opening);
    await publish(500, 7);
    const order = taken.map(({ picture }) => picture.sequence);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.length).toBeGreaterThan(50);
    expect(stage.encoder.peak).toBe(1);
  });

  test("counts a failed encode, logs the first, and goes on with the next frame", async () => {
    const { viewer, taken } = stage.follow(await stage.watch());
    stage.encoder.failure = () => new EncodeError("bad-frame", "no pixels");
    await publish(5, 100);
    stage.encoder.failure = () => undefined;
    await publish(1, 100);
    expect(taken.map(({ picture }) => picture.sequence)).toEqual([1, 7]);
    expect(viewer.status.drops.failed).toBe(5);
    expect(viewer.drops.failed).toBe(5);
    expect(stage.lines.filter((line) => line.includes("could not be encoded"))).toHaveLength(1);
    expect(viewer.status.state).toBe("live");
  });

  test("does not try a failed frame again, and refuses a viewer who comes then", async () => {
    const { viewer } = stage.follow(await stage.watch());
    stage.encoder.failure = () => new EncodeError("cannot-encode", "no pixels");
    await publish(1, 100);
    await stage.advance(4000);
    expect(sequences()).toEqual([1, 2]);
    expect(viewer.drops.failed).toBe(1);
    const refused = await stage.watch().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "not-an-image" });
    expect(sequences()).toEqual([1, 2]);
  });

  test("lets a viewer wait through a lost connection, and goes on when it is back", async () => {
    const viewer = await stage.watch();
    await viewer.next();
    const next = viewer.next();
    stage.source().state({ kind: "disconnected", reason: "the IOC was stopped" });
    await stage.advance(600_000);
    expect(await isPending(next)).toBe(true);
    expect(viewer.status).toMatchObject({ state: "disconnected", viewers: 1 });
    expect(viewer.status.reason).toContain("the IOC was stopped");
    stage.source().connect();
    expect(viewer.status.state).toBe("stalled");
    stage.source().publish();
    expect((await next)?.sequence).toBe(2);
    expect(viewer.status.state).toBe("live");
  });

  test("finishes a job whose viewer has left without encoding its frame twice for the next", async () => {
    const viewer = await stage.watch();
    stage.encoder.duration = () => 50;
    await viewer.next();
    void viewer.next();
    await publish(1, 100);
    viewer.close();
    const opening = stage.watch();
    await stage.advance(50);
    expect((await (await opening).next())?.sequence).toBe(2);
    expect(sequences()).toEqual([1, 2]);
  });

  test("withdraws from the workers' waiting list when its last viewer leaves", async () => {
    stage.encoder.duration = () => 500;
    const busy = stage.watch({ pv: "OTHER" });
    const control = new AbortController();
    const opening = stage.watch({ signal: control.signal }).catch(() => "gone");
    await stage.advance(1);
    expect(stage.encoder.waiting).toBe(1);
    control.abort();
    expect(await opening).toBe("gone");
    expect(stage.encoder.waiting).toBe(0);
    await stage.advance(500);
    await busy;
  });

  test("leaves a worker to others when nobody waits any more at its turn", async () => {
    const [waiting, away] = [await stage.watch(), await stage.watch()];
    await Promise.all([waiting.next(), away.next()]);
    stage.encoder.duration = () => 100;
    const busy = stage.watch({ pv: "OTHER" });
    await stage.advance(50);
    stage.source("CAM").publish();
    void waiting.next();
    await stage.advance(10);
    expect(stage.encoder.waiting).toBe(1);
    waiting.close();
    await stage.advance(100);
    await busy;
    expect(sequences()).toEqual([1, 1]);
    expect(stage.encoder.idle).toBe(1);
  });

  test("wakes for the viewer who is due first, whoever asked first, and sets one alarm", async () => {
    for (const order of [
      [10, 1],
      [1, 10],
    ]) {
      stage = new Stage();
      const viewers = await Promise.all(order.map((fps) => stage.watch({ fps })));
      await Promise.all(viewers.map((viewer) => viewer.next()));
      await stage.advance(10);
      stage.source().publish();
      const before = stage.clock.pending;
      const taken = viewers.map((viewer) => stage.follow(viewer).taken);
      expect(stage.clock.pending - before).toBe(1);
      await stage.advance(500);
      expect(taken.map((pictures) => pictures.map(({ at }) => at))).toEqual(order.map((fps) => [490 / fps]));
    }
  });

  test("reports which encoder it uses and why, and its own rate", async () => {
    const { viewer } = stage.follow(
      await stage.watch({ fps: 10, recipe: { ...DEFAULT_RECIPE, encoder: "fast" } }),
    );
    stage.follow(await stage.watch({ fps: 5, recipe: small }));
    await publish(200, 20);
    expect(viewer.status).toMatchObject({ encoder: "fast", encoderWhy: "asked for", viewers: 2 });
    expect(viewer.status.encodedFps).toBeCloseTo(10, 0);
    expect(viewer.status.cameraFps).toBeCloseTo(50, 0);
    const [report] = stage.registry.list();
    expect(report!.renditions.map(({ viewers }) => viewers)).toEqual([1, 1]);
    expect(report!.encodedFps).toBeCloseTo(15, 0);
    expect(report!.outFps).toBeCloseTo(15, 0);
  });
});
