import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FrameLedger } from "../../server/stream/frame-ledger.ts";
import { Totals } from "../../server/stream/totals.ts";
import type { LossName } from "../../server/stream/statistics.ts";

const total = ({ encoded, drops }: FrameLedger): number =>
  encoded + Object.values(drops).reduce((sum, count) => sum + count, 0);

describe("FrameLedger", () => {
  test("counts a frame that was superseded without a job under the name given then", () => {
    const ledger = new FrameLedger(new Totals());
    ledger.arrive(1, "skipped");
    ledger.arrive(2, "paced");
    expect(ledger.drops).toMatchObject({ paced: 1, skipped: 0 });
  });

  test("waits for a job before it decides about its frame", () => {
    const ledger = new FrameLedger(new Totals());
    ledger.arrive(1, "skipped");
    ledger.begin(1);
    ledger.arrive(2, "skipped");
    expect(total(ledger)).toBe(0);
    ledger.end(1, "failed");
    expect(ledger.drops.failed).toBe(1);
  });

  test("counts a frame as encoded when one of two renditions had it and the other failed", () => {
    const ledger = new FrameLedger(new Totals());
    ledger.arrive(1, "skipped");
    ledger.begin(1);
    ledger.begin(1);
    ledger.end(1, "encoded");
    ledger.end(1, "failed");
    ledger.retire("skipped");
    expect(ledger.encoded).toBe(1);
    expect(ledger.drops.failed).toBe(0);
  });

  test("counts every frame exactly once, whatever happens in which order", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("arrive"), loss: fc.constantFrom<LossName>("paced", "slow", "skipped") }),
      fc.record({ kind: fc.constant("begin") }),
      fc.record({
        kind: fc.constant("end"),
        outcome: fc.constantFrom("encoded" as const, "failed" as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const ledger = new FrameLedger(new Totals());
        const jobs: number[] = [];
        let newest = 0;
        for (const step of steps) {
          if ("loss" in step) ledger.arrive(++newest, step.loss);
          else if ("outcome" in step) {
            const job = jobs.shift();
            if (job !== undefined) ledger.end(job, step.outcome);
          } else if (newest > 0) {
            ledger.begin(newest);
            jobs.push(newest);
          }
          expect(total(ledger) + ledger.open).toBe(newest);
        }
        ledger.retire("skipped");
        for (const job of jobs) ledger.end(job, "encoded");
        expect(ledger.open).toBe(0);
        expect(total(ledger)).toBe(newest);
      }),
    );
  });
});
