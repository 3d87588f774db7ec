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
  /** A query option has a value that is not allowed; the reason names it. */
  badOption: 4400,
  /** This server does not show this PV, or not to this page. */
  forbidden: 4403,
  /** No EPICS server answered for this PV within the connect timeout. */
  notFound: 4404,
  /** The PV is there but is not an image, or not one that can be decoded. */
  notAnImage: 4415,
  /** The PV is there but has published no image within the connect timeout, or the server is full. */
  noImageYet: 4503,
} as const;

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
  /** The sample values drawn black and white in this viewer's newest picture. */
  readonly range?: { readonly low: number; readonly high: number };
  readonly cameraFps: number;
  readonly encodedFps: number;
  readonly viewers: number;
  /** `fast` or `mozjpeg`. */
  readonly encoder?: string;
  /** Frames that did not reach this PV's viewers, by name of the cause, since the stream was opened. */
  readonly drops: Readonly<Record<"overrun" | "skipped" | "paced" | "slow" | "failed", number>>;
}

/** What `GET /viewer.json` answers: what the page should know before a PV is chosen. */
export interface ViewerInfo {
  /** Simulated cameras to offer, best first; empty without `--sim`. */
  readonly simulated: readonly { readonly name: string; readonly description: string }[];
}
