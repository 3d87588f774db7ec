import { afterEach, describe, expect, test } from "bun:test";
import { type Asker, type EncoderPool, SNAPSHOTS, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { GatedJob } from "./gated-job.ts";

const OBEDIENT = new URL("./workers/obedient.ts", import.meta.url);
const MINUTE = 60_000;

/** Somebody who wants a picture every so often, one job at a time, and how many he got. */
interface Client {
  readonly asker: Asker;
  /** What his jobs take, milliseconds. */
  readonly jobMs: number;
  /** Time between pictures; 0: as many as he can get. */
  readonly intervalMs: number;
  pictures: number;
}

let pool: EncoderPool;
let clock: ManualClock;
afterEach(() => pool.close());

function client(asker: Asker, jobMs: number, intervalMs = 0): Client {
  return { asker: { expectedMs: jobMs, ...asker }, jobMs, intervalMs, pictures: 0 };
}

/** A real pool, whose workers take the time that the manual clock says. */
async function saturate(workers: number, clients: readonly Client[], milliseconds: number): Promise<void> {
  clock = new ManualClock();
  pool = await startEncoderPool({ workers, log: silentLog, clock, script: OBEDIENT, environment: {} });
  const answers = new Set<Promise<unknown>>();
  const begin = (one: Client, due: number): void => {
    const gated = new GatedJob();
    const answer = pool.encode(gated.job).then(() => {
      one.pictures++;
      ask(one, Math.max(clock.now(), due + one.intervalMs));
    });
    answer.catch(() => undefined); // of a pool that is closed meanwhile
    clock.after(one.jobMs, () => {
      gated.end();
      answers.add(answer);
    });
  };
  const ask = (one: Client, due: number): void => {
    clock.after(due - clock.now(), () => void pool.whenIdle(() => begin(one, due), one.asker));
  };
  for (const one of clients) ask(one, 0);
  for (let time = 0; time < milliseconds; time++) {
    await clock.advance(1);
    // What a worker answers takes no time on this clock, but some on that of the machine.
    await Promise.all(answers);
    answers.clear();
  }
}

function perSecond({ pictures }: Client, milliseconds: number): number {
  return (1000 * pictures) / milliseconds;
}

describe("under saturation", () => {
  test("a PV with one rendition keeps its rate beside another that is drawn in twenty ways", async () => {
    const crowd = Array.from({ length: 20 }, () => client({ party: "CAM1" }, 10, 1000 / 30));
    const single = client({ party: "CAM2" }, 10, 1000 / 30);
    await saturate(1, [...crowd, single], 2000);
    expect(perSecond(single, 2000)).toBeGreaterThan(27);
    // The twenty share what is left of 100 jobs a second.
    for (const one of crowd) expect(perSecond(one, 2000)).toBeWithin(3, 4.1);
  });

  test("PVs with jobs of every size lose the same share of their pictures", async () => {
    const sizes = [2, 5, 10, 20, 40, 80].map((ms, index) => client({ party: `CAM${index}` }, ms, 1000 / 30));
    await saturate(1, sizes, 3200);
    // A round takes 157 ms and what the test loses between jobs.
    for (const one of sizes) expect(perSecond(one, 3200)).toBeWithin(5, 7);
  });

  test("any number of snapshots cost a stream no more than every other turn, and go on themselves", async () => {
    const visitors = Array.from({ length: 50 }, () => client({ party: SNAPSHOTS }, 20));
    const streams = ["CAM1", "CAM2"].map((party) => client({ party }, 20, 1000 / 30));
    await saturate(1, [...visitors, ...streams], 3000);
    // 50 jobs a second, three parties.
    for (const one of streams) expect(perSecond(one, 3000)).toBeWithin(15, 18);
    const taken = visitors.reduce((sum, one) => sum + perSecond(one, 3000), 0);
    expect(taken).toBeWithin(15, 18);
  });

  test("jobs that take seconds leave a worker to the streams", async () => {
    const slow = [
      ...["CAM1", "CAM2", "CAM3"].map((party) => client({ party }, 3000)),
      client({ party: SNAPSHOTS }, 3000),
    ];
    const stream = client({ party: "CAM4" }, 10, 1000 / 30);
    await saturate(2, [...slow, stream], 12_100);
    expect(perSecond(stream, 12_100)).toBeGreaterThan(29);
    // … and take turns on the other.
    expect(slow.map((one) => one.pictures)).toEqual([1, 1, 1, 1]);
  });
});

describe("waiting in turn", () => {
  async function start(): Promise<GatedJob> {
    clock = new ManualClock();
    pool = await startEncoderPool({ workers: 1, log: silentLog, clock, script: OBEDIENT, environment: {} });
    return new GatedJob();
  }

  test("ends with what the job makes", async () => {
    const first = await start();
    const busy = pool.encode(first.job);
    const second = new GatedJob();
    const waits = pool.inTurn({ party: SNAPSHOTS }, () => pool.encode(second.job));
    second.end();
    first.end();
    expect((await waits).width).toBe(8);
    await busy;
    expect(pool.report).toEqual({ workers: 1, busy: 0, jobs: 2, failures: 0, crashes: 0 });
  });

  test("is given up when its signal says so, or the pool closes, and the job is never begun", async () => {
    const first = await start();
    const busy = pool.encode(first.job);
    let begun = false;
    const begin = (): Promise<void> => {
      begun = true;
      return Promise.resolve();
    };
    const leaving = new AbortController();
    const left = pool.inTurn({}, begin, leaving.signal).catch(String);
    leaving.abort("gone");
    expect(await left).toBe("gone");
    expect(await pool.inTurn({}, begin, leaving.signal).catch(String)).toBe("gone");
    const shut = pool.inTurn({}, begin).catch(String);
    first.end();
    await Promise.all([busy.catch(String), pool.close()]);
    expect(await shut).toContain("closed");
    expect(await pool.inTurn({}, begin).catch(String)).toContain("closed");
    expect(begun).toBe(false);
    expect(clock.now()).toBeLessThan(MINUTE);
  });

  test("is given up also in the moment in which a worker is idle", async () => {
    await start();
    let begun = false;
    const leaving = new AbortController();
    const left = pool.inTurn({}, () => Promise.resolve((begun = true)), leaving.signal);
    leaving.abort("gone");
    expect(await left.catch(String)).toBe("gone");
    expect(begun).toBe(false);
  });

  test("fails as its job fails, also when that throws at once", async () => {
    await start();
    const failed = pool.inTurn({}, () => {
      throw new Error("no job");
    });
    expect(await failed.catch(String)).toContain("no job");
    expect(pool.idle).toBe(1);
  });
});
