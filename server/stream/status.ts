import type { BayerPattern, Codec, FrameMode, SampleType } from "../../wasm/core/index.ts";
import type { EncodeErrorCode, EncoderName } from "../encode/index.ts";
import type { Percentiles } from "./histogram.ts";
import type { PictureReport } from "./picture.ts";
import type { Drops } from "./statistics.ts";

/** Where a stream stands; the transitions are drawn in stream.ts. */
export type StreamState = "connecting" | "live" | "stalled" | "disconnected" | "lingering" | "closed";

/** What can be said about a stream at one moment. Rates are per second. */
export interface StreamStatus {
  readonly pv: string;
  readonly state: StreamState;
  /** Why it is in this state, one sentence for people; may quote a server. */
  readonly reason: string;
  /** Of the newest frame; missing before the first. */
  readonly width?: number;
  readonly height?: number;
  readonly sampleType?: SampleType;
  readonly colourMode?: FrameMode;
  /** Pictures in the array, where it is a stack. */
  readonly planes?: number;
  readonly bayer?: BayerPattern;
  readonly codec?: Codec;
  /** The columns, or rows, run against those of the sensor. */
  readonly reverseX?: boolean;
  readonly reverseY?: boolean;
  /** Why the images that come are not drawn, in a viewer's status while it is so; `reason` has the words. */
  readonly failure?: EncodeErrorCode;
  /** Frames that came in. */
  readonly cameraFps: number;
  /** Frames encoded: by the viewer's own rendition in a viewer's status, by all renditions in a report. */
  readonly encodedFps: number;
  /** Who watches, and who waits for a first picture. */
  readonly viewers: number;
  /** Which encoder and why, once one was chosen, in a viewer's status. */
  readonly encoder?: EncoderName;
  readonly encoderWhy?: string;
  /** Frames of the camera that nobody was shown, each under one name, since the stream was opened. */
  readonly drops: Readonly<Drops>;
}

/** A stream as a whole, for the status page and metrics. Counts are since the stream was opened. */
export interface StreamReport extends StreamStatus {
  /** When its first viewer came, POSIX milliseconds. */
  readonly openedAt: number;
  /** Updates with an image, or what should have been one, that came in. */
  readonly framesIn: number;
  /** Those of them that became a picture, or were handed on raw; the others are in `drops`, or not done with yet. */
  readonly framesEncoded: number;
  /** Pictures that viewers took, all viewers together; repeats and placeholders are not counted. */
  readonly outFps: number;
  /** What their sockets took. */
  readonly bytesOut: number;
  /** From the IOC's time stamp (where it has none that can be right: from the arrival) until a socket had the picture, lately. */
  readonly latency?: Percentiles;
  /** What encoding took inside the worker, lately. */
  readonly encodeMs?: Percentiles;
  readonly renditions: readonly RenditionReport[];
  /** Who watches, in the order in which they came. */
  readonly clients: readonly ViewerReport[];
}

/** Who watches, as far as the web side said. */
export interface ClientNote {
  /** The door it came through: `mjpg`, `ws`, …. */
  readonly kind: string;
  /** Its network address. */
  readonly address?: string;
}

/** One viewer of a stream. */
export interface ViewerReport extends Partial<ClientNote> {
  /** No other viewer of this process had it or will have it. */
  readonly id: number;
  /** When it came, POSIX milliseconds. */
  readonly openedAt: number;
  /** What it may have at most, pictures per second. */
  readonly fps: number;
  /** What it takes now, pictures per second. */
  readonly outFps: number;
  /** Pictures that its socket took; repeats and placeholders are not counted. */
  readonly pictures: number;
  /** Everything that its socket took. */
  readonly bytesOut: number;
  /** Frames that it did not get. */
  readonly drops: Readonly<Drops>;
}

/** One way in which a stream is drawn. */
export interface RenditionReport {
  /** `recipeKey` of its recipe. */
  readonly recipe: string;
  readonly viewers: number;
  readonly encodedFps: number;
  readonly encoder?: EncoderName;
  readonly encoderWhy?: string;
  /** Its newest picture. */
  readonly picture?: PictureReport;
  /** Why the last frame that was tried has no picture, one sentence; missing when it has. */
  readonly failure?: string;
}
