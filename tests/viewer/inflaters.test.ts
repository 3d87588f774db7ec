import { describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { browserInflaters } from "../../server/viewer/inflaters.ts";
import { Core, DEFAULT_RECIPE, type Frame } from "../../wasm/core/index.ts";
import { compressBlosc } from "../../server/sim/codec/blosc.ts";

const DATA = Uint8Array.from({ length: 50_000 }, (_, at) => (at * at) >> 7);
const { zlib, zstd } = browserInflaters;
const pack = (bytes: Uint8Array): Uint8Array => deflateSync(bytes);

describe("zlib in a page", () => {
  test("gives back what was packed, exactly as much as was announced", () => {
    expect(zlib!(pack(DATA), DATA.length)).toEqual(DATA);
    expect(zlib!(pack(DATA.subarray(0, 1)), 1)).toEqual(DATA.subarray(0, 1));
    expect(() => zlib!(pack(DATA), DATA.length - 1)).toThrow();
    expect(() => zlib!(pack(DATA), DATA.length + 1)).toThrow();
    expect(() => zlib!(pack(new Uint8Array(10_000_000)), 1000)).toThrow();
  });

  test("refuses what is cut or is no such stream", () => {
    expect(() => zlib!(pack(DATA).subarray(0, 1000), DATA.length)).toThrow();
    expect(() => zlib!(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 8)).toThrow();
  });
});

describe("zstd in a page", () => {
  test("gives back what was packed", () => {
    expect(zstd!(Bun.zstdCompressSync(DATA), DATA.length)).toEqual(DATA);
  });

  test("refuses what is cut or is no such stream", () => {
    expect(() => zstd!(Bun.zstdCompressSync(DATA).subarray(0, 100), DATA.length)).toThrow();
    expect(() => zstd!(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), 8)).toThrow();
  });
});

test("a core with them draws what a core with the server's would", async () => {
  const core = await Core.load({ inflaters: browserInflaters });
  const shape = {
    width: 250,
    height: 100,
    sampleType: "uint16",
    colourMode: "mono",
    bigEndian: false,
  } as const;
  const plain: Frame = { ...shape, pixels: DATA };
  const { samples } = core.toSamples(plain, DEFAULT_RECIPE);
  const expected = samples.slice();
  for (const [codec, pixels] of [
    ["zlib", pack(DATA)],
    ["blosc", compressBlosc(DATA, 2, "zlib")],
    ["blosc", compressBlosc(DATA, 2, "zstd")],
  ] as const) {
    expect(core.toSamples({ ...shape, codec, pixels }, DEFAULT_RECIPE).samples).toEqual(expected);
  }
});
