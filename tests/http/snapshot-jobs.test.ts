import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError, EncoderChoice } from "../../server/encode/index.ts";
import { ServiceError } from "../../server/errors.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { type SnapshotFile, SnapshotJobs } from "../../server/http/snapshot-jobs.ts";
import type { SnapshotWish } from "../../server/http/snapshot-request.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { settle } from "../support/manual-clock.ts";
import { FakeFrame, FakePool, fileOf } from "./fake-snapshots.ts";

const JPG: SnapshotWish = { format: "jpg", recipe: DEFAULT_RECIPE };
const PNG: SnapshotWish = { format: "png", recipe: DEFAULT_RECIPE };
const staying = new AbortController().signal;

/** What the streams make of a failure, and how often they heard of one. */
const failed = (pv: string, cause: EncodeError): ServiceError => {
  heard++;
  return new ServiceError("bad-image", "damaged", { pv, cause });
};

let heard: number;
let pool: FakePool;
let jobs: SnapshotJobs;
beforeEach(() => {
  heard = 0;
  pool = new FakePool();
  jobs = new SnapshotJobs(pool, new EncoderChoice(), failed);
});

/** Asks for it with a hold of its own, as a glimpse gives it. */
function ask(
  frame: FakeFrame,
  wish: SnapshotWish = JPG,
  { pv = "CAM", signal = staying } = {},
): Promise<SnapshotFile> {
  frame.retain();
  return jobs.make(pv, wish, frame, signal);
}

function noWorkers(): void {
  pool = new FakePool(0);
  jobs = new SnapshotJobs(pool, new EncoderChoice(), failed);
}

test.each([JPG, PNG, { format: "npy" } as const])(
  "makes one of each kind and lets the frame go: %o",
  async (wish) => {
    const frame = new FakeFrame(1);
    const file = await ask(frame, wish);
    expect(file.format).toBe(wish.format);
    expect(file.bytes).toEqual(fileOf(wish.format, frame));
    expect(file.frame).toEqual({
      uniqueId: 1001,
      iocTime: frame.iocTime,
      cameraTime: frame.cameraTime,
      receivedAt: 1,
    });
    expect(frame.holders).toBe(1);
  },
);

describe("many at a time", () => {
  test("who want the same of the same frame share one job, also one that is under way", async () => {
    pool.quick = false;
    const frame = new FakeFrame(1);
    const early = [ask(frame), ask(frame)];
    await settle();
    const late = ask(frame);
    await settle();
    expect(pool.jobs).toHaveLength(1);
    pool.jobs[0]!.end();
    const files = await Promise.all([...early, late]);
    expect(new Set(files.map(({ bytes }) => bytes)).size).toBe(1);
    expect(frame.holders).toBe(1);
  });

  test("who want another recipe, kind or PV have a job of their own", async () => {
    const frame = new FakeFrame(1);
    await Promise.all([
      ask(frame),
      ask(frame, { format: "jpg", recipe: { ...DEFAULT_RECIPE, quality: 50 } }),
      ask(frame, PNG),
      ask(frame, JPG, { pv: "OTHER" }),
    ]);
    expect(pool.jobs).toHaveLength(4);
  });

  test("the next frame is another job, also while the one before is in the works", async () => {
    pool.quick = false;
    const [one, two] = [new FakeFrame(1), new FakeFrame(2)];
    const first = ask(one);
    await settle();
    const second = ask(two);
    await settle();
    pool.jobs[1]!.end();
    pool.jobs[0]!.end();
    expect((await first).frame.uniqueId).toBe(1001);
    expect((await second).frame.uniqueId).toBe(1002);
    expect([one.holders, two.holders]).toEqual([1, 1]);
  });

  test("the last JPEG of a frame is there for those who come later, PNGs are made anew", async () => {
    const frame = new FakeFrame(1);
    const first = await ask(frame);
    expect((await ask(frame)).bytes).toBe(first.bytes);
    await ask(frame, PNG);
    await ask(frame, PNG);
    expect(pool.jobs.map(({ kind }) => kind)).toEqual(["jpg", "png", "png"]);
    expect(frame.holders).toBe(1);
  });

  test("a failure is everybody's, and the next who asks has it tried again", async () => {
    pool.quick = false;
    const frame = new FakeFrame(1);
    const both = Promise.allSettled([ask(frame), ask(frame)]);
    await settle();
    const failure = new EncodeError("bad-frame", "it is damaged");
    pool.jobs[0]!.end(failure);
    for (const { status, reason } of (await both) as PromiseRejectedResult[]) {
      expect(status).toBe("rejected");
      expect(reason).toMatchObject({ code: "bad-image", cause: failure });
    }
    expect(heard).toBe(1);
    pool.quick = true;
    expect((await ask(frame)).bytes).toEqual(fileOf("jpg", frame));
    expect(frame.holders).toBe(1);
  });
});

describe("while all workers are busy", () => {
  beforeEach(noWorkers);

  test("those that wait hold one frame of a PV, the newest that anybody brought", async () => {
    const frames = [1, 2, 3].map((sequence) => new FakeFrame(sequence));
    const asked = [ask(frames[0]!), ask(frames[1]!, PNG), ask(frames[2]!)];
    const other = ask(new FakeFrame(4), JPG, { pv: "OTHER" });
    await settle();
    expect(frames.map(({ holders }) => holders)).toEqual([1, 1, 3]);
    pool.free(1);
    const files = await Promise.all(asked);
    expect(files.map(({ frame }) => frame.uniqueId)).toEqual([1003, 1003, 1003]);
    expect((await other).frame.uniqueId).toBe(1004);
    expect(pool.jobs).toHaveLength(3);
    expect(frames.map(({ holders }) => holders)).toEqual([1, 1, 1]);
  });

  test("an older frame that comes late does not take the place of a newer one", async () => {
    const [old, young] = [new FakeFrame(1), new FakeFrame(2)];
    const asked = [ask(young), ask(old)];
    pool.free(1);
    for (const { frame } of await Promise.all(asked)) expect(frame.uniqueId).toBe(1002);
    expect([old.holders, young.holders]).toEqual([1, 1]);
  });

  test("what nobody wants any more is not begun; what one still wants is", async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const frame = new FakeFrame(1);
    const leaving = [ask(frame, JPG, { signal: first.signal }), ask(frame, PNG, { signal: second.signal })];
    const all = Promise.allSettled(leaving);
    const kept = ask(frame);
    first.abort();
    second.abort();
    for (const result of await all) {
      expect(result.status).toBe("rejected");
      expect((result as PromiseRejectedResult).reason).toMatchObject({ code: "client-gone" });
    }
    expect(pool.waiting).toBe(1);
    pool.free(1);
    await kept;
    expect(pool.jobs.map(({ kind }) => kind)).toEqual(["jpg"]);
    expect(frame.holders).toBe(1);
  });

  test("those that wait when the pool is closed are refused, and let their frames go", async () => {
    const frame = new FakeFrame(1);
    const waiting = Promise.allSettled([ask(frame), ask(frame, PNG)]);
    await settle();
    pool.close();
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const late: unknown = await ask(frame).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(ServiceError);
    expect(frame.holders).toBe(1);
    expect(heard).toBe(3);
  });

  test("a 65th file is refused with too-many-snapshots, and joining one that waits is not", async () => {
    const frame = new FakeFrame(1);
    const recipe = (quality: number): SnapshotWish => ({
      format: "jpg",
      recipe: { ...DEFAULT_RECIPE, quality },
    });
    const waiting = Array.from({ length: 64 }, (_, index) => ask(frame, recipe(index + 1)));
    const refused: unknown = await ask(frame, recipe(65)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ code: "too-many-snapshots", status: 503, retryAfter: 1 });
    const joined = ask(frame, recipe(64));
    pool.free(1);
    expect(await Promise.all([...waiting, joined])).toHaveLength(65);
    expect(frame.holders).toBe(1);
  });
});

describe("the encoder", () => {
  test.each([
    ["auto", "mozjpeg"],
    ["fast", "fast"],
  ] as const)("%s is %s, because a snapshot counts as a slow rendition", async (encoder, used) => {
    await ask(new FakeFrame(1), { format: "jpg", recipe: { ...DEFAULT_RECIPE, encoder } });
    expect(pool.jobs[0]!.encoder).toBe(used);
  });
});
