import type { Codec, FrameMode, SampleType } from "../../wasm/core/index.ts";
import type { CameraFrame } from "../../server/source/index.ts";

/** A frame in shared memory that counts its holders; a test that ends with some has found a leak. */
export class TestFrame implements CameraFrame {
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: FrameMode;
  readonly codec: Codec;
  readonly bigEndian: boolean;
  readonly planes?: number;
  readonly pixels: Uint8Array;
  readonly sequence = 1;
  readonly uniqueId = 1;
  readonly missed = 0;
  readonly iocTime = undefined;
  readonly cameraTime = undefined;
  readonly receivedAt = 0;
  holders = 0;

  constructor(
    width: number,
    height: number,
    samples: ArrayBufferView,
    kind: {
      readonly sampleType?: SampleType;
      readonly colourMode?: FrameMode;
      readonly codec?: Codec;
      readonly bigEndian?: boolean;
      readonly planes?: number;
      readonly shared?: boolean;
    } = {},
  ) {
    this.width = width;
    this.height = height;
    this.sampleType = kind.sampleType ?? "uint8";
    this.colourMode = kind.colourMode ?? "mono";
    this.codec = kind.codec ?? "none";
    this.bigEndian = kind.bigEndian ?? false;
    if (kind.planes !== undefined) this.planes = kind.planes;
    this.pixels = kind.shared === false ? bytesOf(samples) : inTheMiddleOfASlot(samples);
  }

  retain(): void {
    this.holders++;
  }

  release(): void {
    if (this.holders === 0) throw new Error("released more often than retained");
    this.holders--;
  }
}

/** A frame of one grey level. */
export function greyFrame(width = 8, height = 8, level = 128): TestFrame {
  return new TestFrame(width, height, new Uint8Array(width * height).fill(level));
}

/** A slow slope with a little structure, as samples 0 to 255. */
export function slope(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const x = index % width;
    const y = Math.floor(index / width);
    return 128 + 60 * Math.sin(x / 9) + 60 * Math.cos(y / 13);
  });
}

function bytesOf(samples: ArrayBufferView): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Not at offset 0, as a slot's frame may lie. */
function inTheMiddleOfASlot(samples: ArrayBufferView): Uint8Array {
  const slot = new Uint8Array(new SharedArrayBuffer(samples.byteLength + 64)).fill(99);
  const place = slot.subarray(24, 24 + samples.byteLength);
  place.set(bytesOf(samples));
  return place;
}
