/**
 * Cameras that are hard to follow: `bun scripts/bench/http-camera.ts [SECONDS]`. Processor time of the service alone; the
 * camera's own is told beside it. What the Python service did on such a machine is told beside what is asked.
 */
import { type StageCamera, startStage, watch } from "./measure/stage.ts";

const SECONDS = Number(process.argv[2] ?? 8);
const CAMERAS: readonly { camera: StageCamera; asked: string }[] = [
  {
    camera: { kind: "uint8", width: 1024, height: 1024, fps: 400 },
    asked: "30.0 ± 0.3 fps, p50 10 ms, 30 % of a core; the Python service: 12 fps, 89 ms, 96 %",
  },
  {
    camera: { kind: "rgb1-noise-only", width: 2048, height: 2048, fps: 25 },
    asked: "every frame; the Python service: 1.2 fps",
  },
];

for (const { camera, asked } of CAMERAS) {
  await using stage = await startStage(camera);
  const watched = await watch(stage, { count: 1, seconds: SECONDS, mode: "parts" });
  const { pictures, seconds, bytes, ageMs, serviceCpu, cameraCpu } = watched;
  console.log(
    `${camera.kind} ${camera.width}² at ${camera.fps} fps: ${(pictures / seconds).toFixed(2)} pictures/s of ${(bytes / pictures / 1000).toFixed(0)} kB, ` +
      `${ageMs.p50.toFixed(1)} ms old at the median, ${ageMs.p99.toFixed(1)} at the 99th percentile; ` +
      `${serviceCpu.toFixed(0)} % of a core, and the camera ${cameraCpu.toFixed(0)} %\n    (asked: ${asked})`,
  );
}
