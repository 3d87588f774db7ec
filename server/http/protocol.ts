/**
 * The words that the server and the viewer page say to each other: types and numbers only, no imports, so that the
 * page's bundle takes nothing of the server with it.
 *
 *     page  ── GET viewer.json ─────────────────→  ViewerInfo
 *     page  ── /ws/mjpg/<PV>?status=1&… ────────→  upgraded at once, whatever the PV's state
 *           ←─ text    StatusMessage ───────────   on every change, and at least every STATUS_EVERY_MS
 *           ←─ binary  one JPEG ────────────────   as without status=1
 *           ←─ close   CloseCode + reason ──────   what /mjpg/<PV> would have answered as an HTTP status
 *
 * With `status=1` a refusal is always a close code, because a browser does not tell a page the HTTP status of a failed
 * upgrade.
 */

/**
 * Longest silence between two status messages of an open socket, in milliseconds. A page that hears nothing for several
 * times as long takes the server for gone.
 */
export const STATUS_EVERY_MS = 1000;

/** Close codes of `/ws/mjpg/<PV>`: 4000 + the HTTP status of the same refusal. The close reason is a sentence for people. */
export const CLOSE_CODE = {
  /** A query option has a value that is not allowed, or that this PV's images cannot fulfil; the reason names it. */
  badOption: 4400,
  /** This server does not show this PV, or not to this page. */
  forbidden: 4403,
  /** No EPICS server answered for this PV within the connect timeout. */
  notFound: 4404,
  /** The PV is there but is not an image, or not one that can be shown at all. */
  notAnImage: 4415,
  /** The PV sends images, but only damaged ones came within the connect timeout. */
  badImage: 4502,
  /** The PV is there but has published no image within the connect timeout, or the server is full. */
  noImageYet: 4503,
} as const;

/** One picture besides its pixels. */
export interface PictureWords {
  /** What is shown of the camera's image: array pixels before any turning, and the plane of a stack, from 0. */
  readonly region: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly plane: number;
  };
  /** Pixels of the finished picture. */
  readonly width: number;
  readonly height: number;
  /**
   * What is odd about it: `roi-clamped`, `size-limited`, `bayer-ignored`, `map-ignored`, `constant-image`,
   * `no-finite-sample`, `range-rounded`, `range-widened`, `range-clamped`; there may be others one day.
   */
  readonly issues: readonly string[];
  /** Who made the JPEG: `fast`, `mozjpeg`, or `camera`, whose own file was passed on untouched. */
  readonly source: string;
}

/** What a stream is doing, sent as JSON text. Rates are in frames per second, measured by the server. */
export interface StatusMessage {
  readonly type: "status";
  readonly pv: string;
  readonly state: "connecting" | "live" | "stalled" | "disconnected" | "lingering" | "closed";
  /** Why it is in this state, as a sentence; may quote an EPICS server, so never to be taken as HTML. */
  readonly reason: string;
  /** Of the camera's image, in pixels, once one has come. */
  readonly width?: number;
  readonly height?: number;
  /** `uint16`, `float32`, …, as the camera sends it. */
  readonly sampleType?: string;
  /** `mono`, `rgb1`, …, as the camera sends it. */
  readonly colourMode?: string;
  /** Images in the array, where it is a stack of several. */
  readonly planes?: number;
  /** The Bayer pattern at the image's first pixel, where it has one. */
  readonly bayer?: string;
  /** How the camera packs its images: `none`, `lz4`, `jpeg`, … */
  readonly codec?: string;
  /** The image's columns, or rows, run against those of the sensor. */
  readonly reverseX?: boolean;
  readonly reverseY?: boolean;
  /** Why images that come are not drawn, while it is so: `bad-recipe`, `bad-frame`, …; `reason` has the words. */
  readonly failure?: string;
  /** This viewer's newest picture, once there is one. */
  readonly picture?: PictureWords;
  /** The sample values drawn black and white in this viewer's newest picture. */
  readonly range?: { readonly low: number; readonly high: number };
  readonly cameraFps: number;
  readonly encodedFps: number;
  readonly viewers: number;
  /** `fast` or `mozjpeg`: who would make the next picture; `picture.source` tells who made the newest. */
  readonly encoder?: string;
  /** Frames that did not reach this PV's viewers, by name of the cause, since the stream was opened. */
  readonly drops: Readonly<Record<"overrun" | "skipped" | "paced" | "slow" | "failed", number>>;
}

/** A simulated camera that the page offers. */
export interface SimulatedOffer {
  readonly name: string;
  readonly description: string;
  /** Options that show it best, by name; absent: none. */
  readonly options?: Readonly<Record<string, string>>;
}

/** What `GET /viewer.json` answers: what the page should know before a PV is chosen. */
export interface ViewerInfo {
  /** Simulated cameras to offer, best first; empty without `--sim`. */
  readonly simulated: readonly SimulatedOffer[];
}
