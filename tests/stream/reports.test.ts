import { beforeEach, describe, expect, test } from "bun:test";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import type { StreamPicture, Viewer } from "../../server/stream/index.ts";
import { seededRandom } from "./seeded-random.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

/** A viewer whose socket takes `ms` for each picture of so many bytes. */
function follow(viewer: Viewer, ms: number, bytes: number): StreamPicture[] {
  const taken: StreamPicture[] = [];
  const take = async (): Promise<void> => {
    for (;;) {
      const picture = await viewer.next();
      if (picture === undefined) return;
      taken.push(picture);
      if (ms > 0) await new Promise<void>((resolve) => void stage.clock.after(ms, resolve));
      viewer.sent(picture, bytes);
    }
  };
  void take();
  return taken;
}

async function publish(count: number, interval: number, iocAge?: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await stage.advance(interval);
    stage.source().publish(iocAge === undefined ? {} : { iocTime: stage.clock.wallTime() - iocAge });
  }
  await stage.advance(20);
}

describe("a stream's report", () => {
  test("tells what came, what was made of it, what it weighed and how long it took", async () => {
    stage.encoder.duration = () => 8;
    const opening = stage.watch();
    await stage.advance(10);
    follow(await opening, 10, 1000);
    await publish(100, 100, 30);
    const report = stage.registry.report("CAM")!;
    expect(report).toMatchObject({ framesIn: 101, bytesOut: 101_000, openedAt: Date.UTC(2026, 0, 1) });
    expect(report.framesEncoded).toBe(100);
    expect(report.encodeMs!.p50).toBeCloseTo(8, -0.5);
    expect(Math.abs(report.latency!.p50 / 48 - 1)).toBeLessThan(0.1);
  });

  test("counts from the arrival where the IOC has no time, or one that cannot be right", async () => {
    follow(await stage.watch(), 10, 1);
    for (const iocAge of [undefined, -60_000, 3_600_001]) await publish(30, 100, iocAge);
    const { p50, p99 } = stage.registry.report("CAM")!.latency!;
    expect(Math.abs(p50 / 10 - 1)).toBeLessThan(0.2);
    expect(p99).toBeLessThan(12);
  });

  test("forgets how late pictures were when none has been sent for a minute", async () => {
    follow(await stage.watch(), 10, 1);
    await publish(5, 100);
    await stage.advance(60_000);
    expect(stage.registry.report("CAM")).not.toContainKey("latency");
  });

  test("lists its viewers with what each had and missed", async () => {
    const client = { kind: "mjpg", address: "10.0.0.9" };
    const [fast, slow] = [await stage.watch({ client }), await stage.watch({ fps: 5 })];
    follow(fast, 0, 100);
    follow(slow, 0, 100);
    await publish(100, 50);
    const [first, second] = stage.registry.report("CAM")!.clients;
    expect(first).toMatchObject({ ...client, fps: 30, pictures: 101, bytesOut: 10_100 });
    expect(first!.outFps).toBeCloseTo(20, 0);
    expect(second!.outFps).toBeCloseTo(5, 0);
    expect(second!.pictures + second!.drops.paced).toBeGreaterThanOrEqual(100);
    expect(first!.id).not.toBe(second!.id);
  });

  test("is there for lingering streams, and not for PVs that nobody watches", async () => {
    (await stage.watch()).close();
    expect(stage.registry.report("CAM")).toMatchObject({ state: "lingering", clients: [] });
    expect(stage.registry.report("OTHER")).toBeUndefined();
  });
});

describe("the totals of a registry", () => {
  test("never fall, and hold every frame of every stream exactly once", async () => {
    const random = seededRandom(11);
    const { totals } = stage.registry;
    let before = 0;
    for (let round = 0; round < 10; round++) {
      const viewer = await stage.watch({ pv: `CAM${round % 3}` });
      follow(viewer, 60, 10);
      for (let frame = 0; frame < 30; frame++) {
        await stage.advance(random() * 40);
        stage.source(`CAM${round % 3}`).publish();
      }
      viewer.close();
      await stage.advance(round % 2 === 0 ? 100 : 61_000);
      expect(totals.framesIn).toBeGreaterThan(before);
      before = totals.framesIn;
    }
    await stage.registry.close();
    const lost = Object.values(totals.drops).reduce((sum, count) => sum + count, 0);
    expect(totals.framesEncoded + lost).toBe(totals.framesIn);
    expect(totals.viewers).toBe(10);
    expect(totals.streams).toBe(stage.opened);
    expect(totals.encodeMs.count).toBe(stage.encoder.jobs.length);
    expect(totals.pictures).toBe(totals.latency.count);
    expect(totals.bytesOut).toBe(totals.pictures * 10);
  });
});

describe("a clock that is set", () => {
  test.each([7_200_000, -7_200_000, 31_536_000_000])("by %d ms changes nothing at all", async (step) => {
    const stories: string[][] = [];
    for (const stepped of [false, true]) {
      stage = new Stage();
      const viewer = await stage.watch({ placeholder: "lost" });
      const taken = follow(viewer, 5, 100);
      await publish(50, 40, 3);
      if (stepped) stage.clock.step(step);
      await publish(50, 40, 3);
      stage.source().state({ kind: "disconnected", reason: "gone" });
      await stage.advance(7000);
      stories.push(taken.map(({ sequence, placeholder, repeat }) => `${sequence} ${placeholder} ${repeat}`));
      stories.at(-1)!.push(`${stage.clock.pending} alarms`);
      const { latency } = stage.registry.report("CAM")!;
      expect(latency!.p99).toBeLessThan(12);
    }
    expect(stories[1]).toEqual(stories[0]);
  });

  test("between the IOC's stamp and the sending falsifies that one latency, within its bounds", async () => {
    follow(await stage.watch(), 10, 1);
    await publish(20, 100, 3);
    stage.source().publish({ iocTime: stage.clock.wallTime() });
    stage.clock.step(1_800_000);
    await publish(20, 100, 3);
    const { latency } = stage.registry.totals;
    expect(latency.count).toBe(42);
    const long = latency.counts.slice(40).reduce((sum, count) => sum + count, 0);
    expect(long).toBe(1);
  });
});

describe("a limit on streams", () => {
  const open = (pv: string): Promise<unknown> =>
    stage.registry.open(pv, DEFAULT_RECIPE).catch((error: unknown) => error);

  test("refuses one more PV while all are watched, and no viewer of those that are", async () => {
    stage = new Stage({ maxStreams: 2 });
    await stage.watch({ pv: "A" });
    await stage.watch({ pv: "B" });
    expect(await open("C")).toMatchObject({ name: "ServiceError", code: "too-many-streams", pv: "C" });
    expect(stage.opened).toBe(2);
    expect(await stage.watch({ pv: "A" })).toBeDefined();
  });

  test("lets the stream that nobody has watched for longest make room", async () => {
    stage = new Stage({ maxStreams: 2 });
    const [a, b] = [await stage.watch({ pv: "A" }), await stage.watch({ pv: "B" })];
    b.close();
    await stage.advance(10);
    a.close();
    await stage.advance(10);
    await stage.watch({ pv: "C" });
    expect(stage.registry.list().map(({ pv }) => pv)).toEqual(["A", "C"]);
    expect(stage.source("B").stopped).toBe(true);
  });

  test("does not take a stream from who waits for a single frame of it", async () => {
    stage = new Stage({ maxStreams: 1 });
    const glimpse = stage.registry.glimpse("A", { maxAgeMs: 0 });
    expect(await open("B")).toMatchObject({ code: "too-many-streams" });
    stage.source("A").connect();
    stage.source("A").publish();
    (await glimpse).release();
    expect(await stage.watch({ pv: "B" })).toBeDefined();
  });
});

describe("memory that is short", () => {
  /** Memory for the images of so many cameras. */
  const memoryFor = (cameras: number): { spent: boolean } => ({
    get spent() {
      return [...stage.sources.values()].filter(({ stopped }) => !stopped).length >= cameras;
    },
  });
  const starve = (pv: string): void =>
    stage.source(pv).fault(new ImageFault("bad-frame", "memory", "There is no memory."));

  /** A camera that somebody has watched, and now nobody. */
  const linger = async (pv: string): Promise<void> => {
    (await stage.watch({ pv })).close();
    await stage.advance(10);
  };

  test("is taken from streams that nobody watches, the longest first, and only as much as is needed", async () => {
    stage = new Stage({ memory: memoryFor(3) });
    for (const pv of ["A", "B", "C"]) await linger(pv);
    await stage.watch({ pv: "D" });
    expect(stage.registry.pvs()).toEqual(["B", "C", "D"]);
  });

  test("refuses one more PV while all are watched, and no viewer of those that are", async () => {
    stage = new Stage({ memory: memoryFor(1) });
    await stage.watch({ pv: "A" });
    const refused = stage.registry.open("B", DEFAULT_RECIPE);
    expect(await refused.catch((error: unknown) => error)).toMatchObject({ code: "server-full", pv: "B" });
    expect(stage.opened).toBe(1);
    expect(await stage.watch({ pv: "A" })).toBeDefined();
  });

  test("for an image of a watched camera ends one that lingers, so that the next image is shown", async () => {
    stage = new Stage();
    for (const pv of ["A", "B"]) await linger(pv);
    const opening = stage.registry.open("C", DEFAULT_RECIPE);
    stage.source("C").connect();
    starve("C");
    expect(stage.registry.pvs()).toEqual(["B", "C"]);
    stage.source("C").publish();
    await stage.advance(0);
    expect(await opening).toBeDefined();
  });

  test("for an image of a camera that lingers itself takes nothing from anybody", async () => {
    stage = new Stage();
    for (const pv of ["A", "B"]) await linger(pv);
    starve("B");
    expect(stage.registry.pvs()).toEqual(["A", "B"]);
  });
});
