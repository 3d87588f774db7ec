/**
 * Speed of the JPEG encoder in both builds beside Pillow (libjpeg-turbo), in milliseconds a frame of 1024 × 1024, best of
 * repeats: `bun scripts/bench/jpeg.ts`. Pillow takes part if $PVA_TEST_PYTHON or python3 has it; the two are timed by
 * turns, so that whatever else the machine does meets both. "smooth" is a sum of sines, "noise" the same and 5 random bits.
 */
import { COLOUR_CODE } from "../../wasm/core/abi.ts";
import type { ColourMode } from "../../wasm/core/index.ts";
import { runJpegJob } from "../../wasm/core/jpeg-job.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";

const SIDE = 1024;
const ROUNDS = 4;
const REPEATS = 60;

interface Case {
  readonly picture: "smooth" | "noise";
  readonly mode: ColourMode;
  readonly quality: number;
}

const CASES: readonly Case[] = (["mono", "rgb1", "rgb3"] as const).flatMap((mode) =>
  (["smooth", "noise"] as const).flatMap((picture) =>
    [75, 92].map((quality) => ({ picture, mode, quality })),
  ),
);

/** Samples in the case's layout. Planes differ a little, so that there is colour to encode. */
function samplesOf({ picture, mode }: Case): Uint8Array {
  const channels = mode === "mono" ? 1 : 3;
  const samples = new Uint8Array(SIDE * SIDE * channels);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const x = pixel % SIDE;
    const y = Math.floor(pixel / SIDE);
    const sines = 127 + 60 * Math.sin(x / 37) + 40 * Math.cos(y / 23) + 20 * Math.sin((x + y) / 11);
    for (let c = 0; c < channels; c++) {
      const level =
        sines + 9 * c * Math.sin(x / (50 + c)) + (picture === "noise" ? Math.random() * 32 - 16 : 0);
      const at = mode === "rgb3" ? c * SIDE * SIDE + pixel : pixel * channels + c;
      samples[at] = Math.min(255, Math.max(0, level));
    }
  }
  return samples;
}

interface Entrant {
  readonly name: string;
  /** Least milliseconds of one frame in this round, and the bytes of its file. */
  readonly round: (work: Case, samples: Uint8Array) => Promise<readonly [number, number]>;
}

async function core(build: CoreBuild): Promise<Entrant> {
  const exports = await instantiate(build);
  const source = exports.freeStart() >>> 0;
  const workspace = source + 3 * SIDE * SIDE;
  const output = workspace + 8 * 65536;
  const capacity = 4 * SIDE * SIDE;
  exports.memory.grow(Math.ceil((output + capacity) / 65536));
  const round = (work: Case, samples: Uint8Array): Promise<readonly [number, number]> => {
    new Uint8Array(exports.memory.buffer).set(samples, source);
    const colourMode = COLOUR_CODE[work.mode];
    const { quality } = work;
    const job = {
      source,
      width: SIDE,
      height: SIDE,
      colourMode,
      quality,
      subsampling: 420,
      workspace,
      output,
      capacity,
    };
    let least = Infinity;
    let bytes = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const started = performance.now();
      bytes = runJpegJob(exports, job);
      least = Math.min(least, performance.now() - started);
    }
    if (bytes < 0) throw new Error(`the core refused with ${bytes}`);
    return Promise.resolve([least, bytes]);
  };
  return { name: build, round };
}

/** Reads a case and its samples from stdin, times `save` and prints milliseconds and bytes. */
const PILLOW = `
import io, sys, time
from PIL import Image
mode, side, quality, repeats = sys.argv[1], *map(int, sys.argv[2:])
samples = sys.stdin.buffer.read()
if mode == "rgb3":
    image = Image.merge("RGB", [Image.frombytes("L", (side, side), samples[i * side * side:(i + 1) * side * side]) for i in range(3)])
else:
    image = Image.frombytes("L" if mode == "mono" else "RGB", (side, side), samples)
least = 1e9
for _ in range(repeats):
    file = io.BytesIO()
    started = time.perf_counter()
    image.save(file, "JPEG", quality=quality)
    least = min(least, time.perf_counter() - started)
print(least * 1e3, len(file.getvalue()))
`;

function pillow(): Entrant | undefined {
  const pythons = [process.env["PVA_TEST_PYTHON"], "python3"].filter((path) => path !== undefined);
  const python = pythons.find(
    (path) => Bun.which(path) !== null && Bun.spawnSync([path, "-c", "import PIL"]).success,
  );
  if (python === undefined) return undefined;
  const round = async (work: Case, samples: Uint8Array): Promise<readonly [number, number]> => {
    const numbers = [SIDE, work.quality, REPEATS].map(String);
    const child = Bun.spawn([python, "-c", PILLOW, work.mode, ...numbers], { stdin: samples });
    const [least, bytes] = (await new Response(child.stdout).text()).split(" ").map(Number);
    return [least!, bytes!];
  };
  return { name: "Pillow", round };
}

const entrants = [await core("simd"), await core("scalar"), pillow()].filter(
  (entrant) => entrant !== undefined,
);
const header = entrants.map(({ name }) => name.padStart(8)).join("");
console.log(`case                 ${header}   simd / Pillow, time and bytes`);
for (const work of CASES) {
  const samples = samplesOf(work);
  const best = entrants.map(() => ({ time: Infinity, bytes: 0 }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, entrant] of entrants.entries()) {
      const [time, bytes] = await entrant.round(work, samples);
      best[i] = { time: Math.min(best[i]!.time, time), bytes };
    }
  }
  const times = best.map(({ time }) => time.toFixed(2).padStart(8)).join("");
  const [ours, , theirs] = best;
  const ratio =
    theirs === undefined
      ? ""
      : `${(ours!.time / theirs.time).toFixed(2)}  ${(ours!.bytes / theirs.bytes).toFixed(3)}`;
  console.log(`${`${work.mode} ${work.picture} q${work.quality}`.padEnd(21)}${times}   ${ratio}`);
}
