/**
 * What `/api/streams` answers: types only, no imports. Fields stay; there may be more one day. Times of day are ISO 8601 in
 * UTC, rates per second, durations milliseconds, sizes bytes. Texts may quote an EPICS server: never to be taken as HTML.
 */

/** `GET /api/streams`. */
export interface StreamsWords {
  /** Those that are watched, or were lately, in the order in which they were opened. */
  readonly streams: readonly StreamWords[];
}

/** `GET /api/streams/<PV>`: one stream. Counts are since it was opened. */
export interface StreamWords {
  readonly pv: string;
  readonly state: "connecting" | "live" | "stalled" | "disconnected" | "lingering" | "closed";
  /** Why it is in this state, one sentence. */
  readonly reason: string;
  readonly openedAt: string;
  /** The newest frame as the camera sent it; missing before the first. */
  readonly image?: ImageWords;
  readonly fps: {
    /** Frames that come in. */
    readonly camera: number;
    /** Pictures that are encoded, all renditions together. */
    readonly encoded: number;
    /** Pictures that viewers take, all together. */
    readonly sent: number;
  };
  /** `received` = `encoded` + those of `lost` but `overrun` + at most a few that are being worked on. */
  readonly frames: {
    readonly received: number;
    readonly encoded: number;
    readonly lost: LossWords;
  };
  readonly sentBytes: number;
  /** From the IOC's time stamp until a socket had the picture, over the last half a minute or minute. */
  readonly latencyMs?: PercentileWords;
  /** What encoding took, over the last half a minute or minute. */
  readonly encodeMs?: PercentileWords;
  readonly renditions: readonly RenditionWords[];
  readonly viewers: readonly ViewerWords[];
}

/** What a camera's image is like. */
export interface ImageWords {
  readonly width: number;
  readonly height: number;
  /** `uint16`, `float32`, …. */
  readonly sampleType: string;
  /** `mono`, `rgb1`, …. */
  readonly colourMode: string;
  /** `none`, `lz4`, `jpeg`, …. */
  readonly codec: string;
  /** Images in the array, where it is a stack. */
  readonly planes?: number;
  /** The Bayer pattern at the first pixel, where there is one. */
  readonly bayer?: string;
  /** The columns, or rows, run against those of the sensor. */
  readonly reverseX?: boolean;
  readonly reverseY?: boolean;
}

/** Frames that were not shown, each under one name. */
export interface LossWords {
  /** Lost in the camera's server or on the way here. */
  readonly overrun: number;
  /** A newer one came before a worker was free, or while nobody watched. */
  readonly skipped: number;
  /** Nobody was to have one yet, by the frame rates that viewers wish. */
  readonly paced: number;
  /** Whoever was to have one had not taken the one before: the network. */
  readonly slow: number;
  /** Could not be decoded or encoded. */
  readonly failed: number;
}

/** Durations that half, 90 % and 99 % do not exceed, milliseconds. */
export interface PercentileWords {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** One way in which a stream is drawn, shared by all viewers who wish it so. */
export interface RenditionWords {
  /** The options in the words of a query. */
  readonly options: string;
  readonly viewers: number;
  readonly fps: number;
  /** `fast` or `mozjpeg`, and why that one, once it is chosen. */
  readonly encoder?: string;
  readonly encoderWhy?: string;
  /** Pixels of its newest picture, and the sample values drawn black and white in it. */
  readonly width?: number;
  readonly height?: number;
  readonly range?: { readonly low: number; readonly high: number };
  /** What is odd about that picture. */
  readonly issues?: readonly string[];
  /** Why the last frame that was tried has no picture. */
  readonly failure?: string;
}

/**
 * One viewer. Its network address is not told: any page that somebody in the house has open may read this answer, and who
 * looks at what from where concerns nobody but the operator, who has the log (`--log-level debug`).
 */
export interface ViewerWords {
  /** No other viewer of this process has it. */
  readonly id: number;
  /** The door it came through: `mjpg`, `ws` (one PV on a WebSocket), `views` (many), …. */
  readonly kind?: string;
  readonly openedAt: string;
  /** What it may have at most, and what it takes. */
  readonly maxFps: number;
  readonly fps: number;
  /** Pictures that it took, without repeats and placeholders. */
  readonly pictures: number;
  readonly sentBytes: number;
  /** Frames that it did not get. */
  readonly lost: LossWords;
}
