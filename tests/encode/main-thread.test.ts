import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { type EncoderPool, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { TestFrame } from "./test-frame.ts";

/** What the event loop may be kept from its other work by one job, all its turns together. */
const LIMIT_MS = 5;
const ROUNDS = 7;

let pool: EncoderPool;
let frame: TestFrame;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 2, log: silentLog, clock: systemClock });
  const samples = Uint16Array.from({ length: 4096 * 4096 }, (_, index) => (index * 40503) >>> (index & 7));
  frame = new TestFrame(4096, 4096, samples, { sampleType: "uint16" });
});
afterAll(() => pool.close());

/** Processor time of this thread alone for one job, milliseconds: how busy the machine is does not count. */
async function mainThreadMs(job: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.threadCpuUsage();
    await job();
    const { user, system } = process.threadCpuUsage(before);
    rounds.push((user + system) / 1000);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

test.each([
  ["a JPEG in stripes", () => pool.encode({ frame, recipe: DEFAULT_RECIPE, encoder: "fast" })],
  ["an NPY file", () => pool.encodeNpy({ frame })],
  ["a placeholder", () => pool.drawPlaceholder({ size: { width: 4096, height: 4096 }, lines: ["gone"] })],
])(
  "%s of 4096² uint16 costs the main thread less than 5 ms",
  async (_, job) => {
    expect(await mainThreadMs(job)).toBeLessThan(LIMIT_MS);
  },
  20_000,
);
