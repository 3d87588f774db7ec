import { describe, expect, test } from "bun:test";
import { image, Stage } from "./stage.ts";

describe("a compressed image", () => {
  /** A JPEG up to its frame header: that is all this room reads of one. */
  function jpeg(width: number, height: number, components: number): Uint8Array {
    const size = [height >> 8, height & 255, width >> 8, width & 255];
    const tables = Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat();
    return Uint8Array.from([255, 0xd8, 255, 0xc0, 0, 8 + 3 * components, 8, ...size, components, ...tables]);
  }

  test("is passed on as it came, and as many bytes of it as count", () => {
    const { monitor, frames } = new Stage().connected();
    const samples = Uint8Array.from([9, 8, 7, 6, 5]);
    const words = { type: "ubyte", samples, codec: "bslz4", typeCode: 6, uncompressedSize: 24 } as const;
    monitor.deliver(image({ ...words, compressedSize: 3 }), { bigEndian: true });
    expect(frames[0]).toMatchObject({ width: 4, height: 3, sampleType: "uint16", codec: "bslz4" });
    expect([...frames[0]!.pixels]).toEqual([9, 8, 7]);
    expect(frames[0]?.bigEndian).toBe(false);
  });

  test("has the size and the colours of its file where it is a JPEG", () => {
    const { monitor, frames } = new Stage().connected();
    const words = { type: "ubyte", codec: "jpeg", typeCode: 5 } as const;
    monitor.deliver(image({ ...words, samples: jpeg(40, 30, 3), sizes: [40, 30, 3], colorMode: 4 }));
    monitor.deliver(image({ ...words, samples: jpeg(20, 10, 1), sizes: [40, 30], colorMode: 0 }));
    expect(frames.map(({ width, height, colourMode }) => [width, height, colourMode])).toEqual([
      [40, 30, "rgb1"],
      [20, 10, "mono"],
    ]);
  });

  test("is a fault where its file is none, or becomes more than the limit", () => {
    const { monitor, frames, faults } = new Stage(10_000).connected();
    const words = { type: "ubyte", codec: "jpeg", typeCode: 5, sizes: [4, 3] } as const;
    monitor.deliver(image({ ...words, samples: Uint8Array.from([1, 2, 3, 4]) }));
    monitor.deliver(image({ ...words, samples: jpeg(5000, 5000, 1) }));
    expect(faults.map(({ code, kind }) => [code, kind])).toEqual([
      ["bad-frame", "codec"],
      ["bad-frame", "limit"],
    ]);
    monitor.deliver(image());
    expect(frames.length).toBe(1);
  });
});
