import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "bun:test";
import { EncodeError, type EncodeJob, type Encoder, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { greyFrame, type TestFrame } from "./test-frame.ts";
import { DEAF_MARK, DEAF_MS, LAST_WORDS, QUALITY } from "./workers/parts.ts";

/** A clock that lets a test wait until somebody has set an alarm: what threads do has no time of its own. */
class AlarmingClock extends ManualClock {
  #wanted = 0;
  #alarmSet = Promise.withResolvers<undefined>();

  override after(milliseconds: number, task: () => void): () => void {
    if (milliseconds === this.#wanted) this.#alarmSet.resolve(undefined);
    return super.after(milliseconds, task);
  }

  /** Resolves when an alarm of so many milliseconds is set that was not there at the time of the call. */
  async someoneWaits(milliseconds: number): Promise<void> {
    this.#wanted = milliseconds;
    this.#alarmSet = Promise.withResolvers();
    await this.#alarmSet.promise;
  }
}

const OBEDIENT = new URL("./workers/obedient.ts", import.meta.url);
const pools: Encoder[] = [];
const frames: TestFrame[] = [];
const errors: unknown[] = [];
let clock = new AlarmingClock();

async function startPool(workers: number, script = OBEDIENT): Promise<Encoder> {
  clock = new AlarmingClock();
  const log = { ...silentLog, error: (...words: unknown[]) => void errors.push(words) };
  const pool = await startEncoderPool({ workers, log, clock, script, environment: {} });
  pools.push(pool);
  return pool;
}

function job(quality: number): EncodeJob & { readonly frame: TestFrame } {
  const frame = greyFrame();
  frames.push(frame);
  return { frame, recipe: { ...DEFAULT_RECIPE, quality }, encoder: "fast" };
}

function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => "done",
    (error: unknown) => (error instanceof EncodeError ? error.code : error),
  );
}

function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(() => "no error", String);
}

/** Resolves when a worker is idle (again). */
function idle(pool: Encoder): Promise<void> {
  return new Promise((resolve) => void pool.whenIdle(resolve));
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  expect(frames.splice(0).every((frame) => frame.holders === 0)).toBe(true);
  expect(clock.pending).toBe(0);
  errors.length = 0;
});

describe("a pool", () => {
  test("takes as many jobs at once as it has workers, and then says that it is busy", async () => {
    const pool = await startPool(2);
    expect([pool.workers, pool.idle]).toEqual([2, 2]);
    const first = pool.encode(job(10));
    const second = pool.encode(job(11));
    expect(pool.idle).toBe(0);
    expect(await codeOf(pool.encode(job(12)))).toBe("busy");
    expect([...(await first).jpeg, ...(await second).jpeg]).toEqual([10, 11]);
    expect(pool.idle).toBe(2);
  });

  test("holds the frame while its job runs, and no longer", async () => {
    const pool = await startPool(1);
    const asked = job(10);
    const { frame } = asked;
    const done = pool.encode(asked);
    expect(frame.holders).toBe(1);
    const picture = await done;
    expect(frame.holders).toBe(0);
    expect(picture).toMatchObject({ width: 8, height: 8, encoder: "fast", encodeMs: 1 });
  });

  test("measures how busy it is by the injected clock", async () => {
    const pool = await startPool(2);
    const done = codeOf(pool.encode(job(QUALITY.hangs)));
    await clock.advance(20_000);
    expect(pool.busyFraction).toBeWithin(0.49, 0.51);
    await pool.close();
    expect(await done).toBe("closed");
  });

  test("rejects a frame its worker refuses, in the worker's words, and goes on", async () => {
    const pool = await startPool(1);
    const failed = pool.encode(job(QUALITY.refuses));
    expect(await codeOf(failed)).toBe("bad-frame");
    expect(await messageOf(failed)).toContain("a frame of no use");
    expect([...(await pool.encode(job(10))).jpeg]).toEqual([10]);
  });
});

describe("waiting for a worker", () => {
  test("ends in a microtask when one is idle, never inside the call", async () => {
    const pool = await startPool(1);
    let called = false;
    pool.whenIdle(() => (called = true));
    expect(called).toBe(false);
    await Promise.resolve();
    expect(called).toBe(true);
  });

  test("is served in the order of asking, so that those who ask again take turns", async () => {
    const pool = await startPool(1);
    const order: string[] = [];
    const rounds = ["a", "b", "c"].map(async (name) => {
      for (let round = 0; round < 3; round++) {
        await new Promise<void>((resolve) => {
          pool.whenIdle(() => {
            order.push(name);
            pool.encode(job(10)).then(() => resolve(), resolve);
          });
        });
      }
    });
    await Promise.all(rounds);
    expect(order.join("")).toBe("abcabcabc");
  });

  test("passes the turn on when a task does not encode", async () => {
    const pool = await startPool(1);
    const busy = pool.encode(job(10));
    const called: string[] = [];
    pool.whenIdle(() => called.push("passes"));
    pool.whenIdle(() => called.push("next"));
    await busy;
    await Promise.resolve();
    expect(called).toEqual(["passes", "next"]);
  });

  test("can be withdrawn", async () => {
    const pool = await startPool(1);
    const busy = pool.encode(job(10));
    let called = false;
    const withdraw = pool.whenIdle(() => (called = true));
    withdraw();
    withdraw();
    await busy;
    await idle(pool);
    expect(called).toBe(false);
  });
});

describe("a worker that", () => {
  test.each([
    ["throws", QUALITY.throws],
    ["exits", QUALITY.exits],
  ])("%s fails its own job only, is replaced, and is logged once", async (_, quality) => {
    const pool = await startPool(2);
    const other = pool.encode(job(10));
    const crashed = pool.encode(job(quality));
    expect(await codeOf(crashed)).toBe("worker-crashed");
    expect([...(await other).jpeg]).toEqual([10]);
    // Both are there again when one can be kept busy and another still comes free.
    await idle(pool);
    const kept = codeOf(pool.encode(job(QUALITY.hangs)));
    await idle(pool);
    expect([...(await pool.encode(job(11))).jpeg]).toEqual([11]);
    expect(errors).toHaveLength(1);
    await pool.close();
    expect(await kept).toBe("closed");
  });

  test("hangs is ended after a minute and replaced", async () => {
    const pool = await startPool(1);
    const hung = codeOf(pool.encode(job(QUALITY.hangs)));
    await clock.advance(59_999);
    expect(pool.idle).toBe(0);
    await clock.advance(1);
    expect(await hung).toBe("timeout");
    await idle(pool);
    expect([...(await pool.encode(job(10))).jpeg]).toEqual([10]);
  });

  test("cannot be replaced for now is tried again every second until it can", async () => {
    const folder = mkdtempSync(join(tmpdir(), "encode-"));
    const script = join(folder, "worker.ts");
    const write = (): void => writeFileSync(script, `import "${fileURLToPath(OBEDIENT)}";`);
    try {
      write();
      const pool = await startPool(1, pathToFileURL(script));
      rmSync(script);
      expect(await codeOf(pool.encode(job(QUALITY.exits)))).toBe("worker-crashed");
      await clock.someoneWaits(1000);
      expect(errors).toHaveLength(2);
      await clock.advance(1000);
      await clock.someoneWaits(1000);
      expect(errors).toHaveLength(2);
      write();
      await clock.advance(1000);
      await idle(pool);
      expect([...(await pool.encode(job(10))).jpeg]).toEqual([10]);
      rmSync(script);
      expect(await codeOf(pool.encode(job(QUALITY.exits)))).toBe("worker-crashed");
      await clock.someoneWaits(1000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("passes on the turn of a long job that took its worker with it, though none comes in its place", async () => {
    const folder = mkdtempSync(join(tmpdir(), "encode-"));
    const script = join(folder, "worker.ts");
    writeFileSync(script, `import "${fileURLToPath(OBEDIENT)}";`);
    try {
      const pool = await startPool(2, pathToFileURL(script));
      rmSync(script);
      const long = { expectedMs: 1000 };
      const crashed = new Promise((resolve) => {
        pool.whenIdle(() => resolve(codeOf(pool.encode(job(QUALITY.exits)))), long);
      });
      const next = new Promise((resolve) => void pool.whenIdle(() => resolve("called"), long));
      expect(await crashed).toBe("worker-crashed");
      expect(await next).toBe("called");
      await clock.someoneWaits(1000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["cannot load its core", "./workers/unfit.ts", "no core to be found"],
    ["dies at once", "./workers/stillborn.ts", LAST_WORDS],
    ["does not exist", "./workers/nobody.ts", "nobody.ts"],
  ])("%s keeps the pool from starting, with the reason", async (_, script, reason) => {
    const failed = startPool(2, new URL(script, import.meta.url));
    expect(await codeOf(failed)).toBe("no-worker");
    expect(await messageOf(failed)).toContain(reason);
  });
});

describe("closing", () => {
  test("rejects what is under way and what comes after, and calls nobody who waits", async () => {
    const pool = await startPool(2);
    const jobs = [pool.encode(job(QUALITY.hangs)), pool.encode(job(QUALITY.hangs))].map(codeOf);
    let called = false;
    pool.whenIdle(() => (called = true));
    await pool.close();
    expect(await Promise.all(jobs)).toEqual(["closed", "closed"]);
    expect(await codeOf(pool.encode(job(10)))).toBe("closed");
    pool.whenIdle(() => (called = true));
    await Promise.resolve();
    expect([called, pool.idle, errors.length]).toEqual([false, 0, 0]);
  });

  test("waits a quarter of a second and no longer for a thread that does not hear of it", async () => {
    const pool = await startPool(1);
    const asked = job(QUALITY.deafens);
    const deaf = codeOf(pool.encode(asked));
    while (asked.frame.pixels[0] !== DEAF_MARK) await Bun.sleep(1);
    const closed = pool.close().then(() => "closed");
    expect(await deaf).toBe("closed");
    await clock.advance(250);
    expect(await Promise.race([closed, Bun.sleep(DEAF_MS / 2).then(() => "still waiting")])).toBe("closed");
  });

  test("may happen twice, and while a crashed worker is being replaced", async () => {
    const pool = await startPool(1);
    expect(await codeOf(pool.encode(job(QUALITY.throws)))).toBe("worker-crashed");
    await Promise.all([pool.close(), pool.close()]);
    expect(pool.idle).toBe(0);
  });
});

test("PVA_TO_VIDEO_CORE takes simd and scalar, and nothing else", async () => {
  const options = { workers: 1, log: silentLog, clock: new ManualClock(), script: OBEDIENT };
  const failed = startEncoderPool({ ...options, environment: { PVA_TO_VIDEO_CORE: "turbo" } });
  expect(await codeOf(failed)).toBe("no-worker");
  expect(await messageOf(failed)).toContain('"turbo"');
});
