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

/** Joins an encoded picture with what its frame knows of itself. Takes nothing that needs the frame to be held. */
export function pictureOf(encoded: EncodedPicture, frame: CameraFrame): StreamPicture {
  const { sequence, uniqueId, iocTime, receivedAt } = frame;
  return { ...encoded, sequence, uniqueId, iocTime, receivedAt, repeat: false };
}
