import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import {
  ABI_VERSION,
  COLOUR_CODE,
  JPEG_JOB_NUMBERS,
  JPEG_JOB_WORDS,
  PLANE_JOB_WORDS,
  RESULT,
  TURN,
  sampleCode,
} from "../../wasm/core/abi.ts";
import { SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { buildUrl, instantiate } from "../../wasm/core/module.ts";
import { BUILDS } from "./both-builds.ts";

const assembly = join(import.meta.dir, "../../wasm/assembly");
const source = await Bun.file(join(assembly, "abi.ts")).text();

/** `export const NAME: i32 = 5` inside `namespace Space`, as [NAME, 5]. */
function constantsOf(space: string): [string, number][] {
  const body = new RegExp(`namespace ${space} \\{([^}]*)\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/const (\w+): i32 = (-?\d+)/g)].map((match) => [match[1]!, Number(match[2])]);
}

describe("the two copies of the ABI", () => {
  test("agree on the version", () => {
    expect(source).toContain(`ABI_VERSION: i32 = ${ABI_VERSION};`);
  });

  test("agree on sample types, which are NDDataType_t's numbers", () => {
    const codes = SAMPLE_TYPES.map((type) => [type.toUpperCase(), sampleCode(type)]);
    expect(constantsOf("Sample")).toEqual(codes as [string, number][]);
    expect(sampleCode("float64")).toBe(9);
  });

  test("agree on colour modes, which are NDColorMode_t's numbers", () => {
    const codes = Object.entries(COLOUR_CODE).map(([mode, code]) => [mode.toUpperCase(), code]);
    expect(constantsOf("Colour")).toEqual(codes as [string, number][]);
    expect(COLOUR_CODE.rgb1).toBe(2);
  });

  test("agree on result codes", () => {
    const known = constantsOf("Result").filter(([name]) => name !== "OK");
    const named = known.map(([name, code]) => [
      name.toLowerCase().replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
      code,
    ]);
    expect(Object.fromEntries(named)).toEqual({ ...RESULT });
  });

  test("agree on the words of the JPEG job block and their order", async () => {
    const job = await Bun.file(join(assembly, "jpeg/job.ts")).text();
    const body = /class Job \{([^}]*)\}/.exec(job)?.[1] ?? "";
    // An @unmanaged class lies in memory as it is written: 32-bit words, an even number of them, then f64 without gaps.
    const fields = [...body.matchAll(/(\w+): (?:[ui]32|f64);/g)].map((match) => match[1]!);
    expect(fields).toEqual([...JPEG_JOB_WORDS, ...JPEG_JOB_NUMBERS]);
    expect(JPEG_JOB_WORDS.length % 2).toBe(0);
    expect(body.match(/f64;/g)).toHaveLength(JPEG_JOB_NUMBERS.length);
    expect(body.match(/;/g)).toHaveLength(fields.length);
  });

  test("agree on the words of the plane job block and on the bits of a turn", async () => {
    const job = await Bun.file(join(assembly, "pixel/plane-job.ts")).text();
    const body = /class PlaneJob \{([^}]*)\}/.exec(job)?.[1] ?? "";
    const fields = [...body.matchAll(/(\w+): (?:u32|usize);/g)].map((match) => match[1]!);
    expect(fields).toEqual([...PLANE_JOB_WORDS]);
    expect(body.match(/;/g)).toHaveLength(fields.length);
    const bits = [...job.matchAll(/const (\w+): u32 = (\d)/g)].map(([, name, bit]) => [
      name!.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      Number(bit),
    ]);
    expect(Object.fromEntries(bits)).toEqual({ ...TURN });
  });
});

for (const build of BUILDS) {
  describe(`the ${build} build`, () => {
    test("imports nothing, so that every engine can load it alone", async () => {
      const module = await WebAssembly.compile(await Bun.file(buildUrl(build)).arrayBuffer());
      expect(WebAssembly.Module.imports(module)).toEqual([]);
    });

    test("exports exactly what index.ts of wasm/assembly names, and its memory", async () => {
      const page = await Bun.file(join(assembly, "index.ts")).text();
      const lists = [...page.matchAll(/export \{ ([^}]*) \} from/g)].flatMap((match) =>
        match[1]!.split(",").map((name) => name.trim()),
      );
      const functions = [...page.matchAll(/export function (\w+)/g)].map((match) => match[1]!);
      const exports = await instantiate(build);
      expect(Object.keys(exports).toSorted()).toEqual([...lists, ...functions, "memory"].toSorted());
    });

    test("has its own unshared memory of at most 4 GiB, with the host's part behind all fixed regions", async () => {
      const { memory, freeStart, measurementAddress, jpegJobAddress } = await instantiate(build);
      expect(memory.buffer).toBeInstanceOf(ArrayBuffer);
      expect(freeStart() % 64).toBe(0);
      for (const address of [measurementAddress(), jpegJobAddress()]) {
        expect(address).toBeGreaterThanOrEqual(1024);
        expect(address).toBeLessThan(freeStart());
        expect(address % 16).toBe(0);
      }
    });
  });
}
