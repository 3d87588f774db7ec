import { expect, test } from "bun:test";
import { Slices } from "../../server/http/slices.ts";
import { ManualClock } from "../support/manual-clock.ts";

/** A clock of which each look takes a millisecond. */
class CostlyClock extends ManualClock {
  #looks = 0;

  override now(): number {
    return ++this.#looks;
  }
}

/** Counts the turns of the event loop until it is stopped. */
function turns(): { count: number; stop: () => void } {
  const counted = { count: 0, stop: (): void => clearImmediate(next) };
  const count = (): void => {
    counted.count++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  return counted;
}

test("others have their turn at least every two milliseconds, and all is done in order", async () => {
  const seen: number[] = [];
  const counted = turns();
  await new Slices(new CostlyClock()).each(
    Array.from({ length: 100 }).keys(),
    (item) => void seen.push(item),
  );
  counted.stop();
  expect(seen).toEqual([...Array.from({ length: 100 }).keys()]);
  expect(counted.count).toBeGreaterThanOrEqual(50);
});

test("one answer is made after the other, also after one that failed", async () => {
  const slices = new Slices(new CostlyClock());
  const seen: string[] = [];
  const note = (name: string) => (item: number) => void seen.push(`${name}${item}`);
  const fails = slices
    .each([1], () => {
      throw new Error("no");
    })
    .catch((error: unknown) => seen.push(String(error)));
  const [first, second] = [slices.each([1, 2, 3], note("a")), slices.each([1, 2], note("b"))];
  await Promise.all([fails, first, second]);
  expect(seen).toEqual(["Error: no", "a1", "a2", "a3", "b1", "b2"]);
});
