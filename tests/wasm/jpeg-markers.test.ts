import { describe, expect, test } from "bun:test";
import { BUILDS, GuardedRegions } from "./both-builds.ts";
import { encodeRaw, encoderOf } from "./jpeg-encoding.ts";
import { picture } from "./jpeg-pictures.ts";

interface Segment {
  readonly code: number;
  readonly body: Uint8Array;
}

/** Marker segments up to SOS, and the entropy-coded bytes between it and EOI (T.81 B.1.1). */
function parse(jpeg: Uint8Array): { segments: Segment[]; scan: Uint8Array; end: number } {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  expect(view.getUint16(0)).toBe(0xffd8);
  const segments: Segment[] = [];
  let at = 2;
  while (segments.at(-1)?.code !== 0xffda) {
    const length = view.getUint16(at + 2);
    segments.push({ code: view.getUint16(at), body: jpeg.subarray(at + 4, at + 2 + length) });
    at += 2 + length;
  }
  return { segments, scan: jpeg.subarray(at, -2), end: view.getUint16(jpeg.length - 2) };
}

/** The steps of table K.1 at zigzag positions 0 to 4, enough to see scaling and order. */
const K1_START = [16, 11, 12, 14, 12];

for (const build of BUILDS) {
  describe(`markers, ${build} build`, () => {
    test("stand in libjpeg's order: grey has one table of each kind, colour two", async () => {
      const encode = await encoderOf(build);
      const rest = { width: 20, height: 30, quality: 75, subsampling: 420 };
      const grey = parse(encode({ ...rest, samples: picture("text", 20, 30, 1), mode: "mono" }));
      const colour = parse(encode({ ...rest, samples: picture("text", 20, 30, 3), mode: "rgb1" }));
      const [app0, dqt, sof0, dht, sos] = [0xffe0, 0xffdb, 0xffc0, 0xffc4, 0xffda];
      expect(grey.segments.map(({ code }) => code)).toEqual([app0, dqt, sof0, dht, dht, sos]);
      expect(colour.segments.map(({ code }) => code)).toEqual([
        app0,
        dqt,
        dqt,
        sof0,
        dht,
        dht,
        dht,
        dht,
        sos,
      ]);
      expect([grey.end, colour.end]).toEqual([0xffd9, 0xffd9]);
    });

    test("say JFIF 1.01, the size, and the sampling of each component", async () => {
      const encode = await encoderOf(build);
      const sizes = { width: 300, height: 2, quality: 75 };
      const samples = picture("flat", 300, 2, 3);
      for (const [subsampling, sampling] of [
        [420, 0x22],
        [422, 0x21],
        [444, 0x11],
      ] as const) {
        const { segments } = parse(encode({ ...sizes, samples, mode: "rgb3", subsampling }));
        expect([...segments[0]!.body]).toEqual([0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        const frame = segments.find(({ code }) => code === 0xffc0)!.body;
        expect([...frame]).toEqual([8, 0, 2, 1, 44, 3, 1, sampling, 0, 2, 0x11, 1, 3, 0x11, 1]);
      }
    });

    test("say the density, a comment and the restart interval where they are asked for", async () => {
      const { exports } = await GuardedRegions.of(build);
      const regions = new GuardedRegions(exports);
      const text = new TextEncoder().encode("uniqueId 7 · 12:00");
      const words = { densityUnit: 1, densityX: 300, densityY: 72, restart: 1 };
      const { jpeg } = encodeRaw(
        exports,
        {
          ...{ width: 40, height: 30, mode: "rgb1", quality: 75, subsampling: 420 },
          samples: picture("noise", 40, 30, 3),
          words: { ...words, comment: regions.put(text), commentBytes: text.length },
        },
        regions,
      );
      const { segments, scan, end } = parse(jpeg);
      const bodyOf = (code: number): number[] => [...(segments.find((one) => one.code === code)?.body ?? [])];
      expect(bodyOf(0xffe0).slice(5)).toEqual([1, 1, 1, 1, 44, 0, 72, 0, 0]);
      expect(bodyOf(0xfffe)).toEqual([...text]);
      // three MCUs a row
      expect(bodyOf(0xffdd)).toEqual([0, 3]);
      const markers = [...scan.keys()].filter((at) => scan[at] === 0xff && scan[at + 1] !== 0);
      expect(markers.map((at) => scan[at + 1])).toEqual([0xd0]);
      expect(end).toBe(0xffd9);
    });

    test("carry quantisation steps scaled as libjpeg scales them and clamped to 1 to 255", async () => {
      const encode = await encoderOf(build);
      const stepsAt = (quality: number): number[] => {
        const job = {
          samples: new Uint8Array(1),
          width: 1,
          height: 1,
          mode: "mono",
          subsampling: 420,
        } as const;
        const { segments } = parse(encode({ ...job, quality }));
        const { body } = segments.find(({ code }) => code === 0xffdb)!;
        expect([body[0], body.length]).toEqual([0, 65]);
        return [...body.subarray(1, 6)];
      };
      expect(stepsAt(50)).toEqual(K1_START);
      expect(stepsAt(100)).toEqual([1, 1, 1, 1, 1]);
      expect(stepsAt(1)).toEqual([255, 255, 255, 255, 255]);
      for (let quality = 1; quality <= 100; quality++) {
        const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
        const expected = K1_START.map((step) =>
          Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))),
        );
        expect(stepsAt(quality)).toEqual(expected);
      }
    });

    test("never appear within the scan: every 0xFF there is followed by a stuffed 0", async () => {
      const encode = await encoderOf(build);
      const samples = picture("extreme", 200, 100, 1);
      const { scan } = parse(
        encode({ samples, width: 200, height: 100, mode: "mono", quality: 100, subsampling: 420 }),
      );
      const after = [...scan.keys()].filter((at) => scan[at] === 0xff).map((at) => scan[at + 1]);
      expect(after.length).toBeGreaterThan(20);
      expect(new Set(after)).toEqual(new Set([0]));
    });
  });
}
