/**
 * Speed of measuring and scaling for every sample type and both builds, in 10⁹ samples a second, best of repeats:
 * `bun scripts/bench/pixel.ts`. Samples are noise over the range that is drawn.
 */
import { sampleCode } from "../../wasm/core/abi.ts";
import { bytesPerSample } from "../../wasm/core/frame.ts";
import type { SampleType } from "../../wasm/core/frame.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";

const SIDE = 2048;
const COUNT = SIDE * SIDE;
const REPEATS = 20;

interface Job {
  readonly type: SampleType;
  readonly low: number;
  readonly high: number;
}

const JOBS: readonly Job[] = [
  { type: "int8", low: -128, high: 127 },
  { type: "uint8", low: 0, high: 200 },
  { type: "int16", low: -32768, high: 32767 },
  { type: "uint16", low: 0, high: 65535 },
  { type: "uint16", low: 0, high: 4095 },
  // One of the few widths that need a division a sample (wasm/assembly/pixel/narrow-gain.ts).
  { type: "uint16", low: 0, high: 4074 },
  { type: "int32", low: -(2 ** 31), high: 2 ** 31 - 1 },
  { type: "uint32", low: 0, high: 2 ** 32 - 1 },
  { type: "int64", low: -(2 ** 62), high: 2 ** 62 },
  { type: "uint64", low: 0, high: 2 ** 63 },
  { type: "float32", low: 0, high: 1 },
  { type: "float64", low: 0, high: 1 },
];

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** 64 Ki samples of noise from low to high, as bytes. */
function noise({ type, low, high }: Job): Uint8Array {
  const values = Float64Array.from({ length: 65536 }, () => low + Math.random() * (high - low));
  if (type === "int64" || type === "uint64") {
    return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(Math.round(value))).buffer);
  }
  return new Uint8Array(ARRAYS[type].from(values).buffer);
}

function best(task: () => number): number {
  let least = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    if (task() !== 0) throw new Error("the core refused");
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

async function rows(build: CoreBuild): Promise<string[]> {
  const core = await instantiate(build);
  const source = core.freeStart();
  const target = source + 8 * COUNT;
  core.memory.grow(Math.ceil((target + COUNT - core.memory.buffer.byteLength) / 65536));
  return JOBS.map((job) => {
    const { type, low, high } = job;
    const bytes = noise(job);
    const region = new Uint8Array(core.memory.buffer, source, COUNT * bytesPerSample(type));
    for (let at = 0; at < region.length; at += bytes.length) region.set(bytes, at);
    const measured = best(() => core.measure(sampleCode(type), source, COUNT));
    const scaled = best(() => core.scale(sampleCode(type), source, COUNT, target, low, high));
    const speeds = [measured, scaled, measured + scaled].map((ms) =>
      (COUNT / ms / 1e6).toFixed(2).padStart(9),
    );
    return `${type.padEnd(8)} ${`${low} to ${high}`.padEnd(44)} ${build.padEnd(6)} ${speeds.join(" ")}`;
  });
}

console.log(
  `${SIDE} × ${SIDE} samples, Bun ${Bun.version}, ${navigator.hardwareConcurrency} cores, Gpixel/s`,
);
console.log(`${"type".padEnd(8)} ${"range".padEnd(44)} ${"build".padEnd(6)}   measure     scale      both`);
for (const build of ["simd", "scalar"] as const) for (const row of await rows(build)) console.log(row);
