import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { systemClock } from "../../server/clock.ts";
import { EncodeError, type EncoderPool, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { compressBlosc } from "../../server/sim/codec/blosc.ts";
import { compressBslz4, compressLz4Hdf5 } from "../../server/sim/codec/bslz4.ts";
import { compressLz4 } from "../../server/sim/codec/lz4.ts";
import {
  bytesPerSample,
  type Codec,
  Core,
  DEFAULT_RECIPE,
  type FrameMode,
  SAMPLE_TYPES,
  type SampleType,
} from "../../wasm/core/index.ts";
import { findPython, type Peer, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";
import { decodeJpeg } from "./decode.ts";
import { slope, TestFrame } from "./test-frame.ts";

/** What numpy reads in a file. */
interface Reading {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly fortran: boolean;
  readonly values: readonly number[];
}

const python = findPython(["numpy"]);
const skip = requireTool("Python with numpy", python !== undefined);

let pool: EncoderPool;
let numpy: Peer;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
  if (!skip) numpy = await startPeer([python!, "npy.py"], { announces: false });
});
afterAll(async () => {
  await pool.close();
  if (!skip) await numpy.kill();
});

/** The file of a frame as numpy reads it; what the job says of it is the same. */
async function read(frame: TestFrame): Promise<Reading> {
  const { npy, shape, dtype } = await pool.encodeNpy({ frame });
  expect(frame.holders).toBe(0);
  const reading = JSON.parse(await numpy.ask(Buffer.from(npy).toString("base64"))) as Reading;
  expect(reading).toMatchObject({ shape: [...shape], dtype, fortran: false });
  return reading;
}

/** Little-endian numbers of a type, or big-endian ones: written one by one, as the DataView has it. */
function bytesOf(values: readonly number[], type: SampleType, bigEndian = false): Uint8Array {
  const size = bytesPerSample(type);
  const view = new DataView(new ArrayBuffer(size * values.length));
  const write: Record<SampleType, (at: number, value: number) => void> = {
    int8: (at, value) => view.setInt8(at, value),
    uint8: (at, value) => view.setUint8(at, value),
    int16: (at, value) => view.setInt16(at, value, !bigEndian),
    uint16: (at, value) => view.setUint16(at, value, !bigEndian),
    int32: (at, value) => view.setInt32(at, value, !bigEndian),
    uint32: (at, value) => view.setUint32(at, value, !bigEndian),
    int64: (at, value) => view.setBigInt64(at, BigInt(value), !bigEndian),
    uint64: (at, value) => view.setBigUint64(at, BigInt(value), !bigEndian),
    float32: (at, value) => view.setFloat32(at, value, !bigEndian),
    float64: (at, value) => view.setFloat64(at, value, !bigEndian),
  };
  values.forEach((value, index) => write[type](index * size, value));
  return new Uint8Array(view.buffer);
}

function counting(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

describe.skipIf(skip)("numpy reads", () => {
  const orders = [false, true].flatMap((bigEndian) => SAMPLE_TYPES.map((type) => [type, bigEndian] as const));
  test.each(orders)("%s, big-endian %p, as the camera sent it", async (sampleType, bigEndian) => {
    const signed = /^(int|float)/.test(sampleType) ? -1 : 1;
    const values = counting(21).map((value) => (value + 1) * 5 * signed);
    const pixels = bytesOf(values, sampleType, bigEndian);
    const reading = await read(new TestFrame(7, 3, pixels, { sampleType, bigEndian }));
    expect(reading.values).toEqual(values);
    const letter = { int: "i", uin: "u", flo: "f" }[sampleType.slice(0, 3)];
    const bytes = bytesPerSample(sampleType);
    const order = bytes === 1 ? "|" : bigEndian ? ">" : "<";
    expect([reading.dtype, reading.shape]).toEqual([`${order}${letter}${bytes}`, [3, 7]]);
  });

  test.each<readonly [FrameMode, number, readonly number[]]>([
    ["mono", 1, [3, 8]],
    ["mono", 5, [5, 3, 8]],
    ["bayer", 1, [3, 8]],
    ["rgb1", 1, [3, 8, 3]],
    ["rgb1", 2, [2, 3, 8, 3]],
    ["rgb2", 1, [3, 3, 8]],
    ["rgb3", 1, [3, 3, 8]],
    ["yuv444", 1, [3, 8, 3]],
    ["yuv422", 1, [3, 16]],
    ["yuv411", 1, [3, 12]],
  ])("%s with %d planes in its own shape", async (colourMode, planes, shape) => {
    const values = counting(shape.reduce((product, side) => product * side, 1));
    const frame = new TestFrame(8, 3, Uint8Array.from(values), { colourMode, planes });
    expect(await read(frame)).toEqual({ shape, dtype: "|u1", fortran: false, values });
  });

  test("a row of pixels as an array of one row", async () => {
    const { shape, values } = await read(new TestFrame(300, 1, new Uint8Array(300).fill(7)));
    expect([shape, values.length]).toEqual([[1, 300], 300]);
  });

  const values = Array.from(slope(64, 40), (level) => 100 * level);
  test.each<readonly [Codec, (plain: Uint8Array) => Uint8Array]>([
    ["zlib", (plain) => deflateSync(plain)],
    ["lz4", compressLz4],
    ["lz4hdf5", (plain) => compressLz4Hdf5(plain, 4096)],
    ["bslz4", (plain) => compressBslz4(plain, 2)],
    ["blosc", (plain) => compressBlosc(plain, 2, "zstd")],
  ])("what came packed by %s, unpacked and in its byte order", async (codec, pack) => {
    for (const bigEndian of [false, true]) {
      const packed = pack(bytesOf(values, "uint16", bigEndian));
      const reading = await read(new TestFrame(64, 40, packed, { sampleType: "uint16", bigEndian, codec }));
      expect(reading).toMatchObject({ shape: [40, 64], dtype: bigEndian ? ">u2" : "<u2", values });
    }
  });

  test.each(["mono", "rgb1"] as const)("a camera's own %s JPEG as its levels", async (colourMode) => {
    const core = await Core.load();
    const samples = slope(colourMode === "mono" ? 64 : 192, 40);
    const picture = { width: 64, height: 40, sampleType: "uint8", colourMode, bigEndian: false } as const;
    const file = core.encodeJpeg({ ...picture, pixels: samples }, DEFAULT_RECIPE).jpeg.slice();
    const { data } = await decodeJpeg(file);
    const levels = [...data].filter((_, at) => (colourMode === "mono" ? at % 4 === 0 : at % 4 !== 3));
    const reading = await read(new TestFrame(64, 40, file, { codec: "jpeg", colourMode }));
    const shape = colourMode === "mono" ? [40, 64] : [40, 64, 3];
    expect(reading).toEqual({ shape, dtype: "|u1", fortran: false, values: levels });
  });
});

test("the samples begin at a multiple of 64 bytes, after a header of version 1.0 that ends its line", async () => {
  for (const width of [1, 10, 12345]) {
    const { npy } = await pool.encodeNpy({ frame: new TestFrame(width, 1, new Uint8Array(width)) });
    expect([...npy.subarray(0, 8)]).toEqual([0x93, ...Buffer.from("NUMPY"), 1, 0]);
    const begin = 10 + npy[8]! + 256 * npy[9]!;
    expect([begin % 64, npy[begin - 1], npy.byteLength - begin]).toEqual([0, 10, width]);
  }
});

test("a frame that cannot be unpacked costs its own job", async () => {
  const broken = new TestFrame(64, 40, new Uint8Array(9), { sampleType: "uint16", codec: "bslz4" });
  const failure = await pool.encodeNpy({ frame: broken }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EncodeError);
  expect(failure).toHaveProperty("code", "bad-frame");
  expect([pool.idle, broken.holders]).toEqual([1, 0]);
});
