/** Pictures and files for the foreign decoders of jpeg-foreign.test.ts and tests/browser: every kind of file that is written here. */
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe, Subsampling } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import type { JpegOptions } from "../../wasm/core/jpeg.ts";
import { encodeStripe, planStripes } from "../../wasm/core/jpeg-stripes.ts";
import { instantiate } from "../../wasm/core/module.ts";
import { SIZES, picture } from "./jpeg-pictures.ts";

const exports = await instantiate();
const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 30);

/** Samples R G B R G B … or grey, and what is asked of their file. */
export interface Case {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly quality: number;
  readonly subsampling: Subsampling;
}

/** What pictures at a beamline and of it look like; `slow` and `texture` together are nearly a photograph. */
const LOOKS: Readonly<Record<string, (x: number, y: number, c: number, random: () => number) => number>> = {
  photograph: (x, y, c, random) =>
    120 + 60 * Math.sin(x / 31 + c) * Math.cos(y / 17) + 25 * Math.sin((x * y) / 90) + 6 * random(),
  gradient: (x, y, c) => 2 * x + y + 20 * c,
  noise: (_x, _y, _c, random) => 128 + 100 * random(),
  text: (x, y, c) => (((x >> 1) * 7 + (y >> 2) * 13) % 32 < 9 + c ? 20 : 230),
  detector: (x, y, c, random) =>
    6 + 3 * Math.abs(random()) + (Math.hypot(x - 30, y - 20) % 19 < 2 ? 90 : 0) + (random() > 0.99 ? 150 : c),
};

function look(name: string, width: number, height: number, channels: 1 | 3): Uint8Array {
  const random = picture("noise", width, height, 3);
  return Uint8Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const noise = (): number => random[(at * 7 + 3) % random.length]! / 127.5 - 1;
    const level = LOOKS[name]!(pixel % width, Math.floor(pixel / width), at % channels, noise);
    return Math.min(255, Math.max(0, Math.round(level)));
  });
}

const SUBSAMPLINGS = ["420", "422", "444"] as const;

/** Every look in every size, in grey and in colours of every subsampling, at two qualities. */
export function* cases(): Generator<Case & { readonly name: string }> {
  for (const name of Object.keys(LOOKS)) {
    for (const [width, height] of SIZES) {
      for (const quality of [50, 92]) {
        const grey = { name, width, height, quality, channels: 1, subsampling: "420" } as const;
        yield { ...grey, samples: look(name, width, height, 1) };
        for (const subsampling of SUBSAMPLINGS) {
          yield { ...grey, samples: look(name, width, height, 3), channels: 3, subsampling };
        }
      }
    }
  }
}

function modeOf({ channels }: Case): ColourMode {
  return channels === 1 ? "mono" : "rgb1";
}

function recipeOf({ quality, subsampling }: Case): Recipe {
  return { ...DEFAULT_RECIPE, quality, subsampling };
}

/** The file of a case, as the core writes it; `counts` if they are asked for. */
export function encode(work: Case, options: JpegOptions): { jpeg: Uint8Array; counts?: Uint32Array } {
  memory.startJob();
  const source = memory.take(work.samples.length);
  memory.view(source, work.samples.length).set(work.samples);
  const shape = { width: work.width, height: work.height, colourMode: modeOf(work) };
  const written = writeJpeg(exports, memory, source, shape, recipeOf(work), options);
  return { ...written, jpeg: written.jpeg.slice() };
}

/** The same in stripes, with a restart marker behind every row of MCUs. */
export function striped(work: Case, count: number): Uint8Array {
  const { width, height, samples } = work;
  const frame: Frame = {
    ...{ width, height, pixels: samples },
    ...{ sampleType: "uint8", colourMode: modeOf(work), bigEndian: false },
  };
  const recipe = recipeOf(work);
  const range = { low: 0, high: 255 };
  const engine = { exports, memory };
  return Buffer.concat(
    planStripes(frame, recipe, count).map((stripe) =>
      Buffer.from(encodeStripe(engine, frame, recipe, stripe, range)),
    ),
  );
}
