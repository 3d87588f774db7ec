/**
 * Goes on spoiling streams with new seeds: `bun tests/fuzz/long.ts [--minutes 60] [--seed N]`. Prints a line a minute;
 * ends with exit code 1 at the first finding, which names its seed.
 */
import { parseArgs } from "node:util";
import { attack, attacks } from "./campaign.ts";

const ROUND = 5000;
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1e9) },
  },
});
const until = performance.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed);
let streams = 0;
let printed = performance.now();
console.log(`from seed ${seed}, ${values.minutes} minutes`);
while (performance.now() < until) {
  for (const each of attacks) attack(each, seed, ROUND);
  seed += ROUND;
  streams += attacks.length * ROUND;
  if (performance.now() - printed < 60_000) continue;
  printed = performance.now();
  console.log(
    `${streams} streams, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident, next seed ${seed}`,
  );
}
console.log(`${streams} streams, no finding`);
