import type { CameraFrame } from "../source/index.ts";
import type { RawPicture } from "./picture.ts";
import type { PictureMaker } from "./picture-maker.ts";

/** Bytes that are free before those of a raw picture, in the same buffer; a multiple of every sample's size. */
export const RAW_HEADROOM = 256;

/** Bytes that are copied at a time, new memory included in 1 to 2 ms: others have the thread after each. */
const PIECE = 2 ** 20;

/** Hands frames on as they came: one copy, because the source wants its memory back sooner than sockets let go of it. */
export class RawMaker implements PictureMaker<RawPicture> {
  readonly decision = undefined;
  readonly held = undefined;
  readonly placeholders = undefined;

  whenFree(task: () => void): () => void {
    let withdrawn = false;
    queueMicrotask(() => {
      if (!withdrawn) task();
    });
    return () => void (withdrawn = true);
  }

  async make(frame: CameraFrame): Promise<RawPicture> {
    return rawPictureOf(frame, await copied(frame.pixels));
  }

  sizeOf({ bytes }: RawPicture): number {
    return bytes.byteLength;
  }
}

/** A copy with room before it. */
async function copied(pixels: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(new ArrayBuffer(RAW_HEADROOM + pixels.byteLength), RAW_HEADROOM);
  for (let at = 0; at < pixels.byteLength; at += PIECE) {
    if (at > 0) await new Promise((resolve) => setImmediate(resolve));
    bytes.set(pixels.subarray(at, at + PIECE), at);
  }
  return bytes;
}

function rawPictureOf(frame: CameraFrame, bytes: Uint8Array<ArrayBuffer>): RawPicture {
  const { width, height, sampleType, colourMode, bigEndian } = frame;
  const { sequence, uniqueId, iocTime, cameraTime, receivedAt } = frame;
  return {
    kind: "raw",
    bytes,
    ...{ width, height, sampleType, colourMode, bigEndian },
    ...(frame.planes !== undefined && { planes: frame.planes }),
    ...(frame.bayer !== undefined && { bayer: frame.bayer }),
    ...(frame.codec !== undefined && { codec: frame.codec }),
    ...(frame.reverseX !== undefined && { reverseX: frame.reverseX }),
    ...(frame.reverseY !== undefined && { reverseY: frame.reverseY }),
    ...{ sequence, uniqueId, iocTime, cameraTime, receivedAt },
    repeat: false,
    placeholder: false,
  };
}
