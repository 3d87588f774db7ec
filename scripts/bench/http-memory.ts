/**
 * Memory of the service when nobody has watched yet, and after its first viewers: `bun scripts/bench/http-memory.ts`.
 * Asked: 90 MB after the start.
 */
import { startStage, watch } from "./measure/stage.ts";
import { descriptors, rssBytes } from "./measure/process-meter.ts";

const AFTER_START_MS = 2000;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

await using stage = await startStage({ kind: "uint16", width: 1024, height: 1024, fps: 25 });
const { pid } = stage.service;
await Bun.sleep(AFTER_START_MS);
console.log(
  `after the start: ${megabytes(rssBytes(pid))} MB (asked: 90 at most), ${descriptors(pid)} descriptors`,
);
await watch(stage, { count: 1, seconds: 4, mode: "parts" });
console.log(
  `after 5 s of one viewer of uint16 1024²: ${megabytes(rssBytes(pid))} MB, ${descriptors(pid)} descriptors`,
);
