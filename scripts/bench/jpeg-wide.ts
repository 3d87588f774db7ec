/**
 * Speed of a wide sample type's whole way, smallest and largest sample, scaling and JPEG, in milliseconds a frame of
 * 1024 × 1024, best of repeats: `bun scripts/bench/jpeg-wide.ts`. Beside numpy and Pillow, by turns, if $PVA_TEST_PYTHON or
 * python3 has them: "exact" computes the levels as wasm/README.md defines them, to which the core's are equal, "quick"
 * multiplies in float32 and cuts the fraction off. "first" scales the whole frame and then encodes it, "fused" scales rows right before their MCUs.
 * Adaptive Huffman tables follow: time and bytes beside the standard ones, everything included.
 */
import { COLOUR_CODE, sampleCode } from "../../wasm/core/abi.ts";
import { Core, DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { Frame, History, SampleType } from "../../wasm/core/index.ts";
import { runJpegJob } from "../../wasm/core/jpeg-job.ts";
import { instantiate } from "../../wasm/core/module.ts";

const SIDE = 1024;
const COUNT = SIDE * SIDE;
const ROUNDS = 3;
const REPEATS = 40;
const ARRAYS = {
  uint8: Uint8ClampedArray,
  uint16: Uint16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};
const TYPES = ["uint16", "int32", "float32", "float64"] as const;

function toBytes(type: keyof typeof ARRAYS, samples: number[]): Uint8Array {
  return new Uint8Array(ARRAYS[type].from(samples).buffer);
}

type Look = "smooth" | "noise";

function levelsOf(look: Look): number[] {
  return Array.from({ length: COUNT }, (_, pixel) => {
    const x = pixel % SIDE;
    const y = Math.floor(pixel / SIDE);
    const sines = 127 + 60 * Math.sin(x / 37) + 40 * Math.cos(y / 23) + 20 * Math.sin((x + y) / 11);
    return sines + (look === "noise" ? Math.random() * 32 - 16 : 0);
  });
}

/** Fewest milliseconds of REPEATS. */
function least(work: () => void): number {
  let best = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

const exports = await instantiate("simd");
const source = exports.freeStart() >>> 0;
const levels = source + 8 * COUNT;
const workspace = levels + COUNT;
const output = workspace + 8 * 65536;
const capacity = 2 * COUNT;
exports.memory.grow(Math.ceil((output + capacity) / 65536));

/** Milliseconds scaled first, and fused. */
function ours(type: SampleType, pixels: Uint8Array, quality: number): [number, number] {
  new Uint8Array(exports.memory.buffer).set(pixels, source);
  const code = sampleCode(type);
  const rest = { width: SIDE, height: SIDE, colourMode: COLOUR_CODE.mono, quality, subsampling: 420 };
  const job = { ...rest, workspace, output, capacity };
  const range = (): { low: number; high: number } => {
    exports.measure(code, source, COUNT);
    const found = new DataView(exports.memory.buffer, exports.measurementAddress(), 16);
    return { low: found.getFloat64(0, true), high: found.getFloat64(8, true) };
  };
  const first = least(() => {
    const { low, high } = range();
    exports.scale(code, source, COUNT, levels, low, high);
    runJpegJob(exports, { ...job, source: levels });
  });
  const fused = least(() => {
    runJpegJob(exports, { ...job, source, scaled: 1, sampleType: code, ...range() });
  });
  return [first, fused];
}

const NUMPY = `
import io, sys, time
import numpy
from PIL import Image
type, exact, side, quality, repeats = sys.argv[1], sys.argv[2] == "exact", *map(int, sys.argv[3:])
samples = numpy.frombuffer(sys.stdin.buffer.read(), type).reshape(side, side)
least = 1e9
for _ in range(repeats):
    started = time.perf_counter()
    low, high = samples.min(), samples.max()
    if exact:
        levels = numpy.clip(numpy.rint((samples.astype("f8") - low) * 255 / (float(high) - float(low))), 0, 255).astype("u1")
    else:
        levels = numpy.multiply(samples - low, 255 / (float(high) - float(low)), dtype="f4", casting="unsafe").astype("u1")
    Image.fromarray(levels).save(io.BytesIO(), "JPEG", quality=quality)
    least = min(least, time.perf_counter() - started)
print(least * 1e3)
`;

const pythons = [process.env["PVA_TEST_PYTHON"], "python3"].filter((path) => path !== undefined);
const python = pythons.find(
  (path) => Bun.which(path) !== null && Bun.spawnSync([path, "-c", "import PIL, numpy"]).success,
);

async function theirs(
  type: SampleType,
  pixels: Uint8Array,
  quality: number,
  how: "exact" | "quick",
): Promise<number> {
  if (python === undefined) return NaN;
  const numbers = [SIDE, quality, REPEATS].map(String);
  const child = Bun.spawn([python, "-c", NUMPY, type, how, ...numbers], { stdin: pixels });
  return Number(await new Response(child.stdout).text());
}

console.log("case                      first   fused   exact   quick   fused / exact, quick");
for (const type of TYPES) {
  for (const look of ["smooth", "noise"] as const) {
    const samples = levelsOf(look).map((level) => (type.startsWith("float") ? level : level * 200));
    const pixels = toBytes(type, samples);
    const best = [Infinity, Infinity, Infinity, Infinity];
    for (let round = 0; round < ROUNDS; round++) {
      const others = [await theirs(type, pixels, 75, "exact"), await theirs(type, pixels, 75, "quick")];
      const times = [...ours(type, pixels, 75), ...others];
      times.forEach((time, i) => (best[i] = Math.min(best[i]!, time)));
    }
    const [, fused, exact, quick] = best;
    const times = best.map((time) => time.toFixed(2).padStart(8)).join("");
    const ratios = [fused! / exact!, fused! / quick!].map((ratio) => ratio.toFixed(2)).join("  ");
    console.log(`${`${type} ${look} q75`.padEnd(23)}${times}   ${ratios}`);
  }
}

const core = await Core.load();
console.log("\ncase                     standard  adaptive   time   bytes");
for (const look of ["smooth", "noise"] as const) {
  const pixels = toBytes("uint8", levelsOf(look));
  const frame: Frame = {
    width: SIDE,
    height: SIDE,
    sampleType: "uint8",
    colourMode: "mono",
    bigEndian: false,
    pixels,
  };
  for (const quality of [75, 92]) {
    const bytes = [0, 0];
    let history: History = {};
    const timeOf = (adaptiveHuffman: boolean): number =>
      least(() => {
        const picture = core.encodeJpeg(frame, { ...DEFAULT_RECIPE, quality, adaptiveHuffman }, history);
        if (adaptiveHuffman) ({ history } = picture);
        bytes[Number(adaptiveHuffman)] = picture.jpeg.length;
      });
    const best = [Infinity, Infinity];
    for (let round = 0; round < 2 * ROUNDS; round++) {
      best[0] = Math.min(best[0]!, timeOf(false));
      best[1] = Math.min(best[1]!, timeOf(true));
    }
    const [standard, adaptive] = best.map((time) => time.toFixed(2).padStart(9));
    const ratios = [best[1]! / best[0]!, bytes[1]! / bytes[0]!].map((ratio) => ratio.toFixed(3)).join("   ");
    console.log(`${`mono ${look} q${quality}`.padEnd(24)}${standard} ${adaptive}   ${ratios}`);
  }
}
