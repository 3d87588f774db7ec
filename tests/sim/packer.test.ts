import { afterEach, expect, test } from "bun:test";
import { silentLog } from "../../server/log.ts";
import { parseCameraName } from "../../server/sim/camera-name.ts";
import { compressorFor } from "../../server/sim/codec/compress.ts";
import { PackerThread } from "../../server/sim/packer.ts";
import { CODECS } from "../../server/sim/vocabulary.ts";
import { Core } from "../../wasm/core/index.ts";

const core = await Core.load();
const packer = new PackerThread(silentLog);
const spare = new PackerThread(silentLog);
afterEach(() => spare.close());

test.each(CODECS.filter((codec) => codec !== "none"))(
  "%s frames are those of the main thread",
  async (codec) => {
    const spec = parseCameraName(`SIM:noise:64x48:${codec}`);
    const pixels = new Uint8Array(new SharedArrayBuffer(64 * 48)).map((_, index) => (index * 7) & 63);
    const parts = [pixels.subarray(0, 100), pixels.subarray(100)];
    expect(await packer.pack(spec, parts)).toEqual(new Uint8Array(compressorFor(spec, core)!(pixels)));
  },
);

test("frames of several cameras under way at once have each its own answer", async () => {
  const spec = parseCameraName("SIM:noise:8x8:lz4");
  const frames = Array.from({ length: 20 }, (_, index) => new Uint8Array(64).fill(index));
  const packed = await Promise.all(frames.map((frame) => packer.pack(spec, [frame])));
  expect(packed).toEqual(frames.map((frame) => new Uint8Array(compressorFor(spec, core)!(frame))));
});

test("what cannot be packed rejects, and what comes after it does not", async () => {
  const plain = parseCameraName("SIM:noise:8x8");
  const failed = await packer.pack(plain, [new Uint8Array(64)]).catch(String);
  expect(failed).toContain("not compressed");
  const spec = parseCameraName("SIM:noise:8x8:lz4");
  expect((await packer.pack(spec, [new Uint8Array(64)])).length).toBeLessThan(64);
});

test("closing ends what is under way and takes no more", async () => {
  const spec = parseCameraName("SIM:noise:8x8:lz4");
  const under = spare.pack(spec, [new Uint8Array(64)]).catch(String);
  spare.close();
  expect([await under, await spare.pack(spec, []).catch(String)]).toEqual([
    "Error: The simulation is closed.",
    "Error: The simulation is closed.",
  ]);
});
