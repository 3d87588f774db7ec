import type { CameraFrame } from "../source/index.ts";
import type { RawPicture } from "./picture.ts";
import type { PictureMaker } from "./picture-maker.ts";

/** Bytes that are free before those of a raw picture, in the same buffer; a multiple of every sample's size. */
export const RAW_HEADROOM = 256;

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

  make(frame: CameraFrame): Promise<RawPicture> {
    return Promise.resolve(rawPictureOf(frame));
  }
}

function rawPictureOf(frame: CameraFrame): RawPicture {
  const { width, height, sampleType, colourMode, bigEndian, pixels } = frame;
  const { sequence, uniqueId, iocTime, cameraTime, receivedAt } = frame;
  const buffer = new Uint8Array(RAW_HEADROOM + pixels.byteLength);
  const bytes = buffer.subarray(RAW_HEADROOM);
  bytes.set(pixels);
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
