/**
 * How old pictures are at a viewer on a slow line: `bun scripts/bench/http-latency.ts [SECONDS]`. The camera sends 30
 * pictures of 100 kB a second; their age runs from the camera's stamp to the last byte. Asked: 400 ms at 1 MB/s, 1 s at 300 kB/s.
 */
import { startStage, watch } from "./measure/stage.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const LINES = [
  { name: "as fast as it can", asked: undefined, bytesPerSecond: undefined },
  { name: "1 MB/s", asked: 400, bytesPerSecond: 1_000_000 },
  { name: "300 kB/s", asked: 1000, bytesPerSecond: 300_000 },
];

await using stage = await startStage({ kind: "jpeg", width: 480, height: 400, fps: 30 });
for (const { name, asked, bytesPerSecond } of LINES) {
  const line =
    bytesPerSecond === undefined ? { mode: "parts" as const } : { mode: "rate" as const, bytesPerSecond };
  const { ageMs, pictures, seconds } = await watch(stage, { count: 1, seconds: SECONDS, ...line });
  const ages = `${ageMs.p50.toFixed(1)} ms old at the median, ${ageMs.p99.toFixed(1)} at the 99th percentile, ${ageMs.max.toFixed(1)} at most`;
  const bar = asked === undefined ? "" : ` (asked: ${asked})`;
  console.log(`a viewer that reads ${name}: ${(pictures / seconds).toFixed(1)} pictures/s, ${ages}${bar}`);
}
