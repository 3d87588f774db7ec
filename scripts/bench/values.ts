/**
 * Speed of Bayer, YUV, percentiles, curves, colour maps, painting and statistics in both builds beside numpy, in
 * milliseconds for 2048 × 2048 pixels, best of repeats: `bun scripts/bench/values.ts`. numpy takes part if
 * $PVA_TEST_PYTHON or python3 has it; all are timed by turns.
 */
import { sampleCode } from "../../wasm/core/abi.ts";
import type { CoreExports } from "../../wasm/core/abi.ts";
import { curveThresholds } from "../../wasm/core/curves.ts";
import { SAMPLE_TYPES, bytesPerSample } from "../../wasm/core/index.ts";
import type { SampleType } from "../../wasm/core/index.ts";
import { instantiate } from "../../wasm/core/module.ts";

const SIDE = 2048;
const COUNT = SIDE * SIDE;
const ROUNDS = 3;
const REPEATS = 8;
const WORKSPACE = 1 << 21;

interface Regions {
  readonly exports: CoreExports;
  readonly workspace: number;
  readonly source: number;
  readonly target: number;
}

interface Work {
  readonly name: string;
  readonly type: SampleType;
  readonly run: (regions: Regions) => number;
  /** The same in numpy, an expression of the noise `x`; undefined where it has no word for it. */
  readonly numpy?: string;
}

/** Noise from 0 to 65535, or over all of 8 bits. */
const TOP = 65535;

function percentiles(type: SampleType): Work {
  return {
    name: "auto:1,99",
    type,
    run: ({ exports, source, workspace }) =>
      exports.percentiles(sampleCode(type), source, COUNT, 0.01, 0.99, workspace),
    numpy: "np.percentile(x, (1, 99), method='lower')",
  };
}

function curve(type: SampleType): Work {
  return {
    name: "log curve",
    type,
    run: ({ exports, source, target, workspace }) => {
      const thresholds = curveThresholds({ kind: "log" }, type, 0, TOP);
      new Float64Array(exports.memory.buffer, workspace, thresholds.length).set(thresholds);
      const code = sampleCode(type);
      return exports.scaleBySteps(code, source, COUNT, target, 0, TOP, workspace, workspace + 4096);
    },
    numpy: `np.rint(255 / np.log1p(1000.0) * np.log1p(x * (1000 / ${TOP}))).astype('u1')`,
  };
}

const WORKS: readonly Work[] = [
  ...(["uint8", "uint16", "float32"] as const).map((type): Work => ({
    name: "Bayer to RGB",
    type,
    run: ({ exports, source, target }) => exports.demosaic(sampleCode(type), 0, source, SIDE, SIDE, target),
  })),
  ...([1, 2, 4] as const).map((group): Work => ({
    name: `YUV4${["44", "22", "", "11"][group - 1]!} to RGB`,
    type: "uint8",
    run: ({ exports, source, target }) => exports.yuvToRgb(group, source, SIDE, SIDE, target),
  })),
  ...SAMPLE_TYPES.filter((type) => !type.startsWith("int")).map(percentiles),
  ...SAMPLE_TYPES.filter((type) => !type.startsWith("int")).map(curve),
  {
    name: "colour map",
    type: "uint8",
    run: ({ exports, source, target, workspace }) => exports.applyMap(source, COUNT, workspace, target),
    numpy: "palette[x]",
  },
  {
    name: "painting, nothing outside",
    type: "uint16",
    run: ({ exports, source, target }) =>
      exports.paintOutside(sampleCode("uint16"), 0, source, SIDE, SIDE, 0, TOP, target),
  },
  {
    name: "statistics",
    type: "uint16",
    run: ({ exports, source, target }) => exports.tally(sampleCode("uint16"), source, COUNT, 0, TOP, target),
    numpy: "(x.mean(), np.histogram(x, 256))",
  },
];

function fill({ exports, source }: Regions, type: SampleType): void {
  const view = new DataView(exports.memory.buffer, source, COUNT * bytesPerSample(type));
  const bytes = bytesPerSample(type);
  new Uint8Array(exports.memory.buffer, source, COUNT * bytes).fill(0);
  for (let at = 0; at < COUNT; at++) {
    const value = Math.random() * TOP;
    if (type === "float32") view.setFloat32(at * bytes, value, true);
    else if (type === "float64") view.setFloat64(at * bytes, value, true);
    else if (bytes === 1) view.setUint8(at, value);
    else view.setUint16(at * bytes, value, true);
  }
}

async function regionsOf(build: "simd" | "scalar"): Promise<Regions> {
  const exports = await instantiate(build);
  const workspace = (exports.freeStart() >>> 0) + 64;
  const source = workspace + WORKSPACE;
  const target = source + 8 * COUNT;
  const end = target + 12 * COUNT;
  exports.memory.grow(Math.ceil((end - exports.memory.buffer.byteLength) / 65536));
  return { exports, workspace, source, target };
}

function least(regions: Regions, { run }: Work): number {
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    if (run(regions) !== 0) throw new Error("the core refused");
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

const PYTHON = `
import sys, time, numpy as np
palette = np.zeros((256, 3), "u1")
for line in sys.stdin:
    kind, work = line.rstrip().split(" ", 1)
    x = (np.random.random(${COUNT}) * ${TOP}).astype(float).astype("u2").astype(kind)
    code, best = compile(work, "work", "eval"), 1e9
    for _ in range(3):
        started = time.perf_counter()
        eval(code)
        best = min(best, time.perf_counter() - started)
    print(best * 1000, flush=True)
`;

/** A numpy that answers how long an expression took; undefined where there is none. */
function startNumpy(): ((work: Work) => Promise<number>) | undefined {
  const python = process.env["PVA_TEST_PYTHON"] ?? "python3";
  if (!Bun.which(python) || Bun.spawnSync([python, "-c", "import numpy"]).exitCode !== 0) return undefined;
  const child = Bun.spawn([python, "-c", PYTHON], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
  const answers = child.stdout.getReader();
  return async ({ type, numpy }) => {
    if (numpy === undefined) return Infinity;
    await child.stdin.write(`${type} ${numpy}\n`);
    await child.stdin.flush();
    let answer = "";
    while (!answer.endsWith("\n")) answer += new TextDecoder().decode((await answers.read()).value);
    return Number(answer);
  };
}

const [simd, scalar] = [await regionsOf("simd"), await regionsOf("scalar")];
const numpy = startNumpy();
console.log(`${SIDE} × ${SIDE} noise, Bun ${Bun.version}, ms; Gpixel/s and × numpy of the SIMD build`);
console.log(`${"work".padEnd(26)} ${"type".padEnd(8)}     simd   scalar    numpy   Gpixel/s   ours / numpy`);
for (const work of WORKS) {
  const best = [Infinity, Infinity, Infinity];
  for (const regions of [simd, scalar]) fill(regions, work.type);
  for (let round = 0; round < ROUNDS; round++) {
    const times = [least(simd, work), least(scalar, work), numpy ? await numpy(work) : Infinity];
    times.forEach((time, entrant) => (best[entrant] = Math.min(best[entrant]!, time)));
  }
  const columns = best.map((time) => (time === Infinity ? "–" : time.toFixed(2)).padStart(8)).join(" ");
  const ratio = best[2] === Infinity ? "–" : (best[0]! / best[2]!).toFixed(3);
  const speed = (COUNT / best[0]! / 1e6).toFixed(2);
  console.log(
    `${work.name.padEnd(26)} ${work.type.padEnd(8)} ${columns} ${speed.padStart(10)} ${ratio.padStart(14)}`,
  );
}
process.exit(0);
