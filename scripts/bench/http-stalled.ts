/**
 * 200 viewers that ask and never read: `bun scripts/bench/http-stalled.ts [SECONDS]`. The camera sends 30 pictures of
 * 100 kB a second. Asked: at most 60 MB of kernel and process memory together, and nothing of a healthy viewer's rate.
 */
import { startStage, watch } from "./measure/stage.ts";
import { kernelBytesOf, rssBytes } from "./measure/process-meter.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const VIEWERS = 200;
const SETTLE_MS = 2000;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

await using stage = await startStage({ kind: "jpeg", width: 480, height: 400, fps: 30 });
const { service, viewers } = stage;
await watch(stage, { count: 1, seconds: 2, mode: "parts" });
const healthy = watch(stage, { count: 1, seconds: SECONDS, mode: "parts" });
await Bun.sleep(SETTLE_MS);
const before = { kernel: kernelBytesOf(service.port), rss: rssBytes(service.pid) };
const stalled = viewers.start({
  port: service.port,
  path: "/mjpg/CAM",
  count: VIEWERS,
  seconds: SECONDS - SETTLE_MS / 1000 - 1,
  mode: "stall",
});
await stalled.ready;
await Bun.sleep(SETTLE_MS);
const kernel = kernelBytesOf(service.port) - before.kernel;
const rss = rssBytes(service.pid) - before.rss;
const { pictures, seconds } = await healthy;
await stalled.figures;
console.log(
  `${VIEWERS} viewers that never read: ${megabytes(kernel)} MB in the kernel, ${megabytes(rss)} MB in the process, ` +
    `${megabytes(kernel + rss)} MB together (asked: 60 at most); a healthy viewer beside them: ${(pictures / seconds).toFixed(1)} pictures/s of 30`,
);
