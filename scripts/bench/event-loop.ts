/**
 * How long the service's one event loop is held at a time under load: `bun scripts/bench/event-loop.ts [SECONDS]`. Asked:
 * never more than 5 ms. Measured inside the service (`probes/loop-probe.ts`).
 */
import { join } from "node:path";
import type { LoopReport } from "./measure/loop-report.ts";
import { type StageCamera, startStage, watch } from "./measure/stage.ts";

const SECONDS = Number(process.argv[2] ?? 5);
const PRELOAD = join(import.meta.dir, "probes/loop-probe.ts");

interface Load {
  readonly camera: StageCamera;
  readonly viewers: number;
  /** A simulated camera, in the service itself, instead of the other one. */
  readonly simulated?: string;
}

const SMALL: StageCamera = { kind: "uint8", width: 64, height: 64, fps: 1 };
const LOADS: readonly Load[] = [
  { camera: { kind: "uint16", width: 2048, height: 2048, fps: 25 }, viewers: 20 },
  { camera: { kind: "uint8", width: 1024, height: 1024, fps: 400 }, viewers: 1 },
  { camera: { kind: "rgb1-noise-only", width: 2048, height: 2048, fps: 25 }, viewers: 5 },
  { camera: { kind: "jpeg", width: 480, height: 400, fps: 30 }, viewers: 300 },
  ...[
    "SIM:beam:2048x2048:uint16@25",
    "SIM:bars:1920x1080:jpeg@25",
    "SIM:diffraction:2048x2048:uint32:bslz4@10",
    "SIM:noise:2048x2048:uint16:lz4@10",
    "SIM:diffraction:2048x2048:uint32:blosc-zstd@5",
  ].map((simulated) => ({ camera: SMALL, viewers: 5, simulated })),
];

for (const { camera, viewers, simulated } of LOADS) {
  await using stage = await startStage(camera, { flags: simulated ? ["--sim"] : [], preload: PRELOAD });
  const path = `/mjpg/${simulated ?? "CAM"}`;
  // The first seconds are compiling and, of simulated cameras, drawing: measured, but told apart.
  await stage.service.ask();
  await watch(stage, { path, count: viewers, seconds: 2, mode: "take" });
  const first = (await stage.service.ask()) as LoopReport;
  const { serviceCpu } = await watch(stage, { path, count: viewers, seconds: SECONDS, mode: "take" });
  const { long, longestMs, p99Ms, longestGapMs } = (await stage.service.ask()) as LoopReport;
  const { kind, width, height, fps } = camera;
  const name = simulated ?? `${kind} ${width} × ${height} at ${fps} fps`;
  console.log(
    `${name}, ${viewers} viewers: ${long} turns of more than 5 ms (asked: 0), the longest ${longestMs.toFixed(1)} ms, 99th percentile ` +
      `${p99Ms.toFixed(1)}; ${longestGapMs.toFixed(0)} ms on the clock; ${serviceCpu.toFixed(0)} % of a core; ` +
      `while it began ${first.long}, the longest ${first.longestMs.toFixed(1)} ms`,
  );
}
