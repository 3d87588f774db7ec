import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { EncodeError, type EncoderPool, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { greyFrame, type TestFrame } from "./test-frame.ts";
import { DEADLY } from "./workers/parts.ts";

const MORTAL = new URL("./workers/mortal.ts", import.meta.url);
const SIDE = 512;

let pool: EncoderPool;
afterEach(() => pool.close());

/** Threads of workers; the engine's own helpers come and go. */
function threads(): number {
  const tasks = readdirSync("/proc/self/task");
  return tasks.filter((task) => nameOf(task) === "Worker").length;
}

function nameOf(task: string): string {
  try {
    return readFileSync(`/proc/self/task/${task}/comm`, "utf8").trim();
  } catch {
    return "ended meanwhile";
  }
}

/** Memory of the process in use, bytes, after everything that can be collected was. */
function memory(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}

/** Jobs one after the other, in turn with all others; every so often one of a deadly frame. */
async function load(frames: TestFrame[], jobs: number, deadlyEvery: number): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (let job = 1; job <= jobs; job++) {
    const deadly = Object.values(DEADLY)[job % 3]!;
    const frame = greyFrame(SIDE, SIDE, job % deadlyEvery === 0 ? deadly : 100);
    frames.push(frame);
    const outcome = await pool
      .inTurn({}, () => pool.encode({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" }))
      .then(
        () => "done",
        (error: unknown) => (error instanceof EncodeError ? error.code : String(error)),
      );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

/** Every lost worker is replaced, and its thread is gone; `others` are those of tests before this one. */
async function everyWorkerIsBack(others: number): Promise<void> {
  while (pool.idle < pool.workers || threads() > others + pool.workers) await Bun.sleep(1);
}

test("workers that die under load lose their own frame each, and leave neither threads nor memory behind", async () => {
  const errors: unknown[] = [];
  const log = { ...silentLog, error: (message: string) => void errors.push(message) };
  const others = threads();
  pool = await startEncoderPool({ workers: 2, log, clock: systemClock, script: MORTAL, environment: {} });
  const frames: TestFrame[] = [];
  const round = (): Promise<Record<string, number>[]> =>
    Promise.all([load(frames, 60, 10), load(frames, 60, 10), load(frames, 60, 61)]);
  // The first losses settle what the engine keeps for itself.
  await round();
  await everyWorkerIsBack(others);
  const before = memory();
  frames.length = 0;
  const [first, second, healthy] = await round();
  await everyWorkerIsBack(others);
  expect([first, second]).toEqual([
    { done: 54, "worker-crashed": 6 },
    { done: 54, "worker-crashed": 6 },
  ]);
  expect(healthy).toEqual({ done: 60 });
  expect(pool.report).toEqual({ workers: 2, busy: 0, jobs: 360, failures: 24, crashes: 24 });
  expect(errors).toHaveLength(24);
  expect(frames.every((frame) => frame.holders === 0)).toBe(true);
  expect(threads()).toBeLessThanOrEqual(others + 2);
  expect((memory() - before) / 1e6).toBeLessThan(20);
}, 20_000);
