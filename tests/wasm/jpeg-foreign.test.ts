import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import type { ColourMode, Frame, Recipe, Subsampling } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { writeJpeg } from "../../wasm/core/jpeg.ts";
import type { JpegOptions } from "../../wasm/core/jpeg.ts";
import { encodeStripe, planStripes } from "../../wasm/core/jpeg-stripes.ts";
import { instantiate } from "../../wasm/core/module.ts";
import { findPython, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";
import { SIZES, picture } from "./jpeg-pictures.ts";

const python = findPython(["PIL", "numpy"]);
const absent = requireTool("Python with Pillow and numpy", python !== undefined);
const noFfmpeg = requireTool("ffmpeg", Bun.which("ffmpeg") !== null);

const exports = await instantiate();
const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, 2 ** 30);

interface Case {
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

function* cases(): Generator<Case & { readonly name: string }> {
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

function encode(work: Case, options: JpegOptions): { jpeg: Uint8Array; counts?: Uint32Array } {
  memory.startJob();
  const source = memory.take(work.samples.length);
  memory.view(source, work.samples.length).set(work.samples);
  const shape = { width: work.width, height: work.height, colourMode: modeOf(work) };
  const written = writeJpeg(exports, memory, source, shape, recipeOf(work), options);
  return { ...written, jpeg: written.jpeg.slice() };
}

function striped(work: Case, count: number): Uint8Array {
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

interface Verdict {
  readonly bytes: readonly [number, number];
  readonly psnr: readonly [number, number];
  readonly equal: boolean;
  readonly comment: string;
  readonly dpi: readonly number[];
}

const judge = absent
  ? undefined
  : await startPeer([python!, join(import.meta.dir, "jpeg-judge.py")], { announces: false });

describe.skipIf(absent)("Pillow's libjpeg-turbo", () => {
  afterAll(async () => {
    await judge?.kill();
  });

  const ask = async (work: Case, jpeg: Uint8Array): Promise<Verdict> => {
    const { width, height, channels, quality } = work;
    const subsampling = { "420": 2, "422": 1, "444": 0 }[work.subsampling];
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
    const question = { width, height, channels, quality, subsampling };
    const line = JSON.stringify({ ...question, jpeg: base64(jpeg), samples: base64(work.samples) });
    return JSON.parse(await judge!.ask(line)) as Verdict;
  };

  test("decodes ours to what it decodes its own to, with as many bytes and no worse, for all looks, sizes and subsamplings", async () => {
    for (const { name, ...work } of cases()) {
      const { bytes, psnr, equal } = await ask(work, encode(work, {}).jpeg);
      const right = equal && bytes[0] <= 1.02 * bytes[1] && psnr[0] >= psnr[1] - 0.05;
      const { width, height, channels, subsampling } = work;
      expect({ name, width, height, channels, subsampling, right }).toMatchObject({ right: true });
    }
  }, 60_000);

  test("decodes files with adaptive tables and files of stripes to the same pixels", async () => {
    for (const { name, ...work } of cases()) {
      if (work.quality !== 92 || work.height > 40) continue;
      const { counts } = encode(work, { count: true });
      const files = [encode(work, { fitTo: counts }).jpeg, striped(work, 3)];
      const equal = await Promise.all(files.map(async (file) => (await ask(work, file)).equal));
      const { width, height, channels, subsampling } = work;
      expect({ name, width, height, channels, subsampling, equal }).toMatchObject({ equal: [true, true] });
    }
  }, 60_000);

  test("reads density and comment as they were given", async () => {
    const work = cases().next().value as Case;
    const comment = "uniqueId 12345 · 2026-11-22T12:00:00.000Z";
    const verdict = await ask(work, encode(work, { comment, density: 300 }).jpeg);
    expect(verdict).toMatchObject({ comment, dpi: [300, 300], equal: true });
  });
});

test.skipIf(noFfmpeg)(
  "ffmpeg decodes all kinds of file without a word, to the right size",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "jpeg-foreign-"));
    try {
      for (const { name, ...work } of cases()) {
        if (work.quality !== 92 || !["17x33", "258x40"].includes(`${work.width}x${work.height}`)) continue;
        if (name !== "photograph" && name !== "noise") continue;
        const { counts, jpeg } = encode(work, { count: true, comment: "a frame", density: 72 });
        for (const [kind, file] of [jpeg, encode(work, { fitTo: counts }).jpeg, striped(work, 2)].entries()) {
          const path = join(folder, "picture.jpg");
          await Bun.write(path, file);
          const options = ["-v", "warning", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"];
          const run = Bun.spawnSync(["ffmpeg", "-nostdin", ...options]);
          // What its decoder says. It misses EOI in libjpeg's own small files, too; other parts remark on other things.
          const lines = run.stderr.toString().split("\n");
          const words = lines.filter((line) => line.includes("[mjpeg") && !line.includes("EOI missing"));
          const { subsampling, width, height } = work;
          const seen = { name, kind, subsampling, words, bytes: run.stdout.length };
          expect(seen).toEqual({ name, kind, subsampling, words: [], bytes: width * height });
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
