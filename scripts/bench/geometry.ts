/**
 * Speed of regions, turns and sizes beside Pillow, in milliseconds for a frame of 2048 × 2048, best of repeats:
 * `bun scripts/bench/geometry.ts`. Ours is the whole call, copying the frame in; Pillow starts from an image that it has.
 * Pillow takes part if $PVA_TEST_PYTHON or python3 has it; they are timed by turns.
 */
import { Core, DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { Frame, Recipe } from "../../wasm/core/index.ts";

const SIDE = 2048;
const ROUNDS = 4;
const REPEATS = 15;

interface Case {
  readonly name: string;
  readonly colour: "mono" | "rgb1";
  readonly recipe: Partial<Recipe>;
  /** Whether a JPEG is written, or samples are wanted. */
  readonly jpeg: boolean;
  /** The same in Pillow: an expression of `image`. */
  readonly pillow: string;
}

const ROI = { x: 700, y: 500, width: 512, height: 512 };
const CASES: readonly Case[] = (["rgb1", "mono"] as const).flatMap((colour): Case[] => [
  { name: "to 512² + JPEG", colour, recipe: { scale: 0.25 }, jpeg: true, pillow: "image.reduce(4)" },
  {
    name: "to 600² + JPEG",
    colour,
    recipe: { width: 600 },
    jpeg: true,
    pillow: "image.resize((600, 600), Image.Resampling.BOX)",
  },
  {
    name: "512² of it + JPEG",
    colour,
    recipe: { roi: ROI },
    jpeg: true,
    pillow: "image.crop((700, 500, 1212, 1012))",
  },
  {
    name: "a quarter turn",
    colour,
    recipe: { rotate: "90" },
    jpeg: false,
    pillow: "image.transpose(Image.Transpose.ROTATE_270)",
  },
  {
    name: "left to right",
    colour,
    recipe: { flip: "x" },
    jpeg: false,
    pillow: "image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)",
  },
]);

/** Sines and a little noise, a shade of its own in each channel. */
function samplesOf(channels: 1 | 3): Uint8Array {
  const samples = new Uint8Array(SIDE * SIDE * channels);
  for (let at = 0; at < samples.length; at++) {
    const pixel = Math.floor(at / channels);
    const [x, y] = [pixel % SIDE, Math.floor(pixel / SIDE)];
    const sines = 127 + 60 * Math.sin(x / 37) + 40 * Math.cos(y / 23) + 9 * (at % channels);
    samples[at] = Math.min(255, Math.max(0, sines + Math.random() * 16 - 8));
  }
  return samples;
}

/** Least milliseconds of one call in this round. */
function ours(core: Core, { colour, recipe, jpeg }: Case, pixels: Uint8Array): number {
  const frame: Frame = {
    width: SIDE,
    height: SIDE,
    sampleType: "uint8",
    colourMode: colour,
    bigEndian: false,
    pixels,
  };
  const asked = { ...DEFAULT_RECIPE, ...recipe };
  let least = Infinity;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const started = performance.now();
    if (jpeg) core.encodeJpeg(frame, asked);
    else core.toSamples(frame, asked);
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

const PILLOW = `
import io, sys, time
from PIL import Image
mode, side, repeats, jpeg, task = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "true", compile(sys.argv[5], "case", "eval")
image = Image.frombytes("L" if mode == "mono" else "RGB", (side, side), sys.stdin.buffer.read())
least = 1e9
for _ in range(repeats):
    started = time.perf_counter()
    done = eval(task)
    if jpeg:
        done.save(io.BytesIO(), "JPEG", quality=92)
    else:
        done.load()
    least = min(least, time.perf_counter() - started)
print(least * 1e3)
`;

function findPillow(): string | undefined {
  const pythons = [process.env["PVA_TEST_PYTHON"], "python3"].filter((path) => path !== undefined);
  return pythons.find(
    (path) => Bun.which(path) !== null && Bun.spawnSync([path, "-c", "import PIL"]).success,
  );
}

async function theirs(python: string, work: Case, pixels: Uint8Array): Promise<number> {
  const { colour, jpeg, pillow } = work;
  const words = [colour, String(SIDE), String(REPEATS), String(jpeg), pillow];
  const child = Bun.spawn([python, "-c", PILLOW, ...words], { stdin: pixels });
  return Number(await new Response(child.stdout).text());
}

const builds = { simd: await Core.load({ build: "simd" }), scalar: await Core.load({ build: "scalar" }) };
const python = findPillow();
console.log(`case                        simd  scalar  Pillow   simd / Pillow`);
for (const work of CASES) {
  const pixels = samplesOf(work.colour === "mono" ? 1 : 3);
  const best = [Infinity, Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const times = [ours(builds.simd, work, pixels), ours(builds.scalar, work, pixels)];
    if (python !== undefined) times.push(await theirs(python, work, pixels));
    times.forEach((time, index) => (best[index] = Math.min(best[index]!, time)));
  }
  const columns = best.map((time) => (time === Infinity ? "" : time.toFixed(2)).padStart(8)).join("");
  const ratio = python === undefined ? "" : (best[0]! / best[2]!).toFixed(2);
  console.log(`${`${work.colour} ${work.name}`.padEnd(24)}${columns}   ${ratio}`);
}
