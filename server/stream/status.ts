import type { BayerPattern, Codec, FrameMode, SampleType } from "../../wasm/core/index.ts";
import type { EncodeErrorCode, EncoderName } from "../encode/index.ts";
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

/** A stream as a whole, for the status page and metrics. */
export interface StreamReport extends StreamStatus {
  /** Pictures that viewers took, all viewers together; repeats are not counted. */
  readonly outFps: number;
  readonly renditions: readonly RenditionReport[];
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
