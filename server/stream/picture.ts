import type { EncodedPicture } from "../encode/index.ts";
import type { Frame } from "../../wasm/core/index.ts";
import type { CameraFrame } from "../source/index.ts";

/** What is known of a picture's frame, and whether the viewer has had it. */
export interface PictureNotes {
  /** Number of its frame, counting from 1 for this source; a later picture never has a smaller one. */
  readonly sequence: number;
  /** The camera's own frame number; 0 where the PV has none. */
  readonly uniqueId: number;
  /** When the IOC made the array, POSIX milliseconds. */
  readonly iocTime: number | undefined;
  /** The camera's own idea of when that was, POSIX milliseconds; it may be decades off. */
  readonly cameraTime: number | undefined;
  /** `Clock.now()` when the frame had come in. */
  readonly receivedAt: number;
  /** True when the viewer has had it before: it is sent again to keep the connection alive. */
  readonly repeat: boolean;
  /**
   * True where it is no picture of the camera but says that there is none, and why, over the last one. Its frame is then
   * that of the last picture (`sequence` and `uniqueId` are 0 where there was none), `iocTime` is undefined, and
   * `receivedAt` is when it was drawn.
   */
  readonly placeholder: boolean;
}

/** One JPEG on its way to viewers. All viewers of a rendition get the same object, so that its bytes are wrapped once. */
export type StreamPicture = EncodedPicture & PictureNotes;

/** The pixels of one frame as the camera sent them, packed as they came. All raw viewers of a stream get the same bytes. */
export interface RawPicture extends PictureNotes, Omit<Frame, "pixels"> {
  readonly kind: "raw";
  /**
   * Exactly the bytes of the array, in a buffer of their own that is never written to again, but for RAW_HEADROOM bytes
   * before them: there any sender may put what goes before the pixels on its wire, if it has sent it before it returns.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What can be said of a picture besides its pixels. Made for JSON. */
export interface PictureReport {
  /** What is shown of the frame, in array pixels before any turning. */
  readonly region: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    /** Plane of a stack, from 0. */
    readonly plane: number;
  };
  /** Pixels of the finished picture. */
  readonly width: number;
  readonly height: number;
  /** Sample values drawn black and white. */
  readonly range: { readonly low: number; readonly high: number };
  /** Stable names of what is odd about it: the wishes not carried out to the letter, and what limited its range. */
  readonly issues: readonly string[];
  /** Who made the file: an encoder, or the camera, whose own JPEG was passed on. */
  readonly source: EncodedPicture["encoder"];
}

/** Reports on a picture. */
export function reportOnPicture({ region, range, issues, encoder }: EncodedPicture): PictureReport {
  const { pictureWidth, pictureHeight, x, y, width, height, plane } = region;
  return {
    region: { x, y, width, height, plane },
    width: pictureWidth,
    height: pictureHeight,
    range: { low: range.low, high: range.high },
    issues: [...issues, ...range.issues],
    source: encoder,
  };
}

/** Joins an encoded picture with what its frame knows of itself. Takes nothing that needs the frame to be held. */
export function pictureOf(encoded: EncodedPicture, frame: CameraFrame): StreamPicture {
  const { sequence, uniqueId, iocTime, cameraTime, receivedAt } = frame;
  return {
    ...encoded,
    sequence,
    uniqueId,
    iocTime,
    cameraTime,
    receivedAt,
    repeat: false,
    placeholder: false,
  };
}
