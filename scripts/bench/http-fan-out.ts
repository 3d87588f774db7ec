/**
 * 500 viewers of one stream: `bun scripts/bench/http-fan-out.ts [SECONDS]`. 30 pictures of 100 kB a second, which the
 * camera has compressed itself, so that what is measured is the way out. Asked: at most 30 % of a core more than one viewer.
 */
import { startStage, watch } from "./measure/stage.ts";

const SECONDS = Number(process.argv[2] ?? 6);
const VIEWERS = 500;
const FPS = 30;
const PICTURE_BYTES = 100_000;

await using stage = await startStage({ kind: "jpeg", width: 480, height: 400, fps: FPS });
const alone = await watch(stage, { count: 1, seconds: SECONDS, mode: "take" });
for (const mode of ["take", "socket"] as const) {
  const path = mode === "socket" ? "/ws/mjpg/CAM" : "/mjpg/CAM";
  const crowd = await watch(stage, { path, count: VIEWERS, seconds: SECONDS, mode });
  const fps = (bytes: number): string => (bytes / crowd.seconds / PICTURE_BYTES).toFixed(1);
  const beyond = crowd.serviceCpu - alone.serviceCpu;
  console.log(
    `${mode === "socket" ? "WebSocket" : "multipart"}: ${VIEWERS} viewers cost ${beyond.toFixed(0)} % of a core beyond one viewer's ` +
      `${alone.serviceCpu.toFixed(0)} % (asked: 30 at most); each got ${fps(crowd.leastBytes)} to ${fps(crowd.mostBytes)} pictures/s of 100 kB, ` +
      `${crowd.closed} were hung up on; the viewers took ${((crowd.cpuSeconds / crowd.seconds) * 100).toFixed(0)} % of another core`,
  );
}
