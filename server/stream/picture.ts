import type { EncodedPicture } from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";

/** One JPEG on its way to viewers. All viewers of a rendition get the same object, so that its bytes are wrapped once. */
export interface StreamPicture extends EncodedPicture {
  /** Number of its frame, counting from 1 for this source; a later picture never has a smaller one. */
  readonly sequence: number;
  /** The camera's own frame number; 0 where the PV has none. */
  readonly uniqueId: number;
  /** When the IOC made the array, POSIX milliseconds. */
  readonly iocTime: number | undefined;
  /** `Clock.now()` when the frame had come in. */
  readonly receivedAt: number;
  /** True when the viewer has had it before: it is sent again to keep the connection alive. */
  readonly repeat: boolean;
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
  const { sequence, uniqueId, iocTime, receivedAt } = frame;
  return { ...encoded, sequence, uniqueId, iocTime, receivedAt, repeat: false };
}
