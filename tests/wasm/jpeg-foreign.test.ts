import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPython, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";
import { cases, encode, striped, type Case } from "./jpeg-cases.ts";

const python = findPython(["PIL", "numpy"]);
const absent = requireTool("Python with Pillow and numpy", python !== undefined);
const noFfmpeg = requireTool("ffmpeg", Bun.which("ffmpeg") !== null);

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
