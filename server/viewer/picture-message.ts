import { BAYER_PATTERNS, CODECS, FRAME_MODES, type Frame, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { PICTURE, PICTURE_FLAG, PICTURE_KIND, VIEWS_VERSION } from "../http/protocol.ts";

/** What the header of any binary message tells. Times are POSIX milliseconds. */
export interface PictureHeader {
  /** Which view it belongs to. */
  readonly stream: number;
  /** What is acknowledged. */
  readonly sequence: number;
  readonly uniqueId: number;
  /** Undefined where the IOC did not say. */
  readonly iocTime: number | undefined;
  readonly receivedTime: number;
  readonly sentTime: number;
  /** Pixels of the JPEG, or of the raw array. */
  readonly width: number;
  readonly height: number;
}

/** A binary message of `/ws`, taken apart. Its bytes are views of the message. */
export type PictureMessage =
  | (PictureHeader & {
      readonly kind: "jpeg";
      readonly jpeg: Uint8Array<ArrayBuffer>;
      /** Whether it says why there is no image, instead of showing one. */
      readonly placeholder: boolean;
    })
  /** A frame as the camera sent it, for wasm/core to draw. */
  | (PictureHeader & { readonly kind: "raw"; readonly frame: Frame });

/**
 * Takes a binary message apart. Undefined for a message of another version or kind, or one that is shorter than it says,
 * or whose numbers mean nothing here: a newer server may send what an older page does not know.
 */
export function readPictureMessage(message: ArrayBuffer): PictureMessage | undefined {
  if (message.byteLength < PICTURE.end) return undefined;
  const view = new DataView(message);
  const start = view.getUint16(PICTURE.headerBytes, true);
  const known = view.getUint8(PICTURE.version) === VIEWS_VERSION && start >= PICTURE.end;
  if (!known || start > message.byteLength) return undefined;
  const bytes = new Uint8Array(message, start);
  const header = readHeader(view);
  switch (view.getUint8(PICTURE.kind)) {
    case PICTURE_KIND.jpeg: {
      const placeholder = (view.getUint8(PICTURE.flags) & PICTURE_FLAG.placeholder) !== 0;
      return { ...header, kind: "jpeg", jpeg: bytes, placeholder };
    }
    case PICTURE_KIND.raw: {
      const frame = readFrame(view, bytes);
      return frame && { ...header, kind: "raw", frame };
    }
    default:
      return undefined;
  }
}

function readHeader(view: DataView): PictureHeader {
  const iocTime = view.getFloat64(PICTURE.iocTime, true);
  return {
    stream: view.getUint32(PICTURE.stream, true),
    // Frames are counted from 1; no camera reaches 2⁵³ of them.
    sequence: Number(view.getBigUint64(PICTURE.sequence, true)),
    uniqueId: Number(view.getBigInt64(PICTURE.uniqueId, true)),
    iocTime: Number.isNaN(iocTime) ? undefined : iocTime,
    receivedTime: view.getFloat64(PICTURE.receivedTime, true),
    sentTime: view.getFloat64(PICTURE.sentTime, true),
    width: view.getUint32(PICTURE.width, true),
    height: view.getUint32(PICTURE.height, true),
  };
}

function readFrame(view: DataView, pixels: Uint8Array): Frame | undefined {
  const sampleType = SAMPLE_TYPES[view.getUint8(PICTURE.sampleType)];
  const colourMode = FRAME_MODES[view.getUint8(PICTURE.colourMode)];
  const codec = CODECS[view.getUint8(PICTURE.codec)];
  if (sampleType === undefined || colourMode === undefined || codec === undefined) return undefined;
  const bayer = BAYER_PATTERNS[view.getUint8(PICTURE.bayer)];
  const flags = view.getUint8(PICTURE.flags);
  return {
    width: view.getUint32(PICTURE.width, true),
    height: view.getUint32(PICTURE.height, true),
    sampleType,
    colourMode,
    bigEndian: (flags & PICTURE_FLAG.bigEndian) !== 0,
    pixels,
    planes: view.getUint32(PICTURE.planes, true),
    ...(bayer === undefined ? {} : { bayer }),
    codec,
    reverseX: (flags & PICTURE_FLAG.reverseX) !== 0,
    reverseY: (flags & PICTURE_FLAG.reverseY) !== 0,
  };
}
