import { expect, test } from "bun:test";
import { attack, attacks } from "./campaign.ts";

/** Spoiled streams by target: 120,000 in all. `bun tests/fuzz/long.ts` goes on for as long as one likes. */
const COUNTS: Readonly<Record<string, number>> = {
  client: 45_000,
  "client, from recordings": 20_000,
  server: 30_000,
  datagrams: 25_000,
};
/** What all that may leave behind on the heap. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;

test.each(attacks)(
  "what a peer spoils on its way into the $name is a value or a PvaError",
  (each) => {
    const count = COUNTS[each.name]!;
    for (const stream of each.streams) expect(each.target([stream])?.message).toBeUndefined();
    Bun.gc(true);
    const before = process.memoryUsage().heapUsed;
    const { read, faults } = attack(each, 0, count);
    Bun.gc(true);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(MAX_GROWTH_BYTES);
    const refused = [...faults.values()].reduce((sum, number) => sum + number, 0);
    expect(read + refused).toBe(count);
    // Both ends are real: many mutations hit something that matters, many do not.
    expect(Math.min(read, refused)).toBeGreaterThan(count / 20);
    expect(faults.get("short-data")).toBeGreaterThan(0);
  },
  120_000,
);
