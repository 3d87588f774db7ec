/**
 * The words that the server and the viewer page say to each other: types and numbers only, no imports, so that the
 * page's bundle takes nothing of the server with it.
 *
 *     page  ── GET viewer.json ─────────────────→  ViewerInfo
 *     page  ⇄ /ws                                  below; what follows is for pages that want one PV and no header
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

/** Close codes of WebSockets: 4000 + the HTTP status of the same refusal. The close reason is a sentence for people. */
export const CLOSE_CODE = {
  /** A query option has a value that is not allowed, or that this PV's images cannot fulfil; the reason names it. */
  badOption: 4400,
  /** A token is needed, or the one given does not hold any more: the page can be loaded again, and asks for it. */
  unauthorized: 4401,
  /** This server does not show this PV, or not to this page. */
  forbidden: 4403,
  /** No EPICS server answered for this PV within the connect timeout. */
  notFound: 4404,
  /** The PV is there but is not an image, or not one that can be shown at all. */
  notAnImage: 4415,
  /** The PV sends images, but only damaged ones came within the connect timeout. */
  badImage: 4502,
  /** `/ws` only: the client said too much, or did not read what it was answered. */
  tooMuch: 4429,
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

/*
 * `GET /ws`: many PVs on one socket. PROTOCOL.md explains it.
 *
 *     client ── text   ClientMessage ──→ server        open, update, close, ack, ping
 *            ←─ text   ServerMessage ───               hello, opened, updated, state, error, closed, pong
 *            ←─ binary PICTURE header, then the bytes  of the view that has this stream number now
 */

/** Of the words and of the header below. A server that changes their meaning says another number. */
export const VIEWS_VERSION = 1;

/** Names one view of a socket; chosen by the client, free again once the view is refused or closed. */
export type ViewId = string | number;

/** What a view sends: pictures drawn here, or frames as the camera sent them, for the page to draw. */
export type ViewFormat = "jpeg" | "raw";

/** What a client may wish of a view. */
export interface ViewWishes {
  /** The words of a picture's query (`range`, `map`, `roi`, …); of these a raw view takes `fps` alone. */
  readonly options?: Readonly<Record<string, string | number>>;
  /** `jpeg` if absent; in an update: as before. */
  readonly format?: ViewFormat;
  /** Pictures per second at most; the server's own limit holds besides. The same as the option. */
  readonly fps?: number;
  /** Whether to send a picture that says so where there is none. The same as the option, `1` or `0`. */
  readonly placeholder?: boolean;
}

/** What a client says, one JSON object a text message. */
export type ClientMessage =
  /** Shows a PV: answered by `opened`, or by `error` when it is refused. */
  | ({ readonly type: "open"; readonly id: ViewId; readonly pv: string } & ViewWishes)
  /**
   * Shows it in another way: these wishes instead of all those before. Answered by `updated`, until which the pictures
   * go on as they are, or by `error`, after which they do so too. The newest of several overtakes the others.
   */
  | ({ readonly type: "update"; readonly id: ViewId } & ViewWishes)
  /** Ends a view, or the search for its PV: answered by `closed`. */
  | { readonly type: "close"; readonly id: ViewId }
  /** The picture of this view with this sequence, and those before it, are dealt with: the next may be sent. */
  | { readonly type: "ack"; readonly id: ViewId; readonly sequence: number }
  /** Answered by `pong` with the same id. */
  | { readonly type: "ping"; readonly id?: ViewId };

/** What one client may do; beyond the last two its socket is closed with {@link CLOSE_CODE}.tooMuch or badOption. */
export interface SocketLimits {
  /** Views at a time, those that are being opened among them. */
  readonly views: number;
  /** Pictures of one view that may be on their way, sent and not acknowledged. */
  readonly inFlight: number;
  /** Bytes of one message; a longer one ends the socket. */
  readonly messageBytes: number;
  /** Messages per second in the long run, acknowledgements of pictures apart. */
  readonly messagesPerSecond: number;
}

/** How a viewer fares. */
export interface ViewStatistics {
  /** Pictures sent per second, since the last message of all views. */
  readonly fps: number;
  /** Pictures, and their bytes, sent since the view was opened. */
  readonly sent: number;
  readonly bytes: number;
  /** Frames that this viewer did not get, by name of the cause, since the view was opened or updated. */
  readonly drops: StatusMessage["drops"];
  /** Pictures sent and not acknowledged. */
  readonly inFlight: number;
  /** From the IOC's time stamp (from reception, where it is no time of today) to the sending of the newest picture. */
  readonly latencyMs?: number;
  /** From the sending of the picture that was acknowledged last to its acknowledgement. */
  readonly answerMs?: number;
}

/** One view in a `state` message. */
export interface ViewState extends Omit<StatusMessage, "type"> {
  readonly id: ViewId;
  readonly statistics: ViewStatistics;
}

/** What the server says, one JSON object a text message. There may be other types and members one day. */
export type ServerMessage =
  /** The first message. */
  | { readonly type: "hello"; readonly version: number; readonly limits: SocketLimits }
  /** Pictures of this view follow, as `stream` in their headers tells. */
  | ViewOpened<"opened">
  /** Pictures drawn as newly wished follow; their stream number may be another, and the old one will not come again. */
  | ViewOpened<"updated">
  /** At each change those views that have changed; every {@link STATUS_EVERY_MS} all, those being opened among them. */
  | { readonly type: "state"; readonly views: readonly ViewState[] }
  /** Something asked for is not done. */
  | SocketError
  /** A view has ended: 1000 as the client wished, 1001 because its stream has. Its id is free. */
  | { readonly type: "closed"; readonly id: ViewId; readonly code: number; readonly reason: string }
  | { readonly type: "pong"; readonly id?: ViewId };

/** A view, or its new wishes, from now on. */
export interface ViewOpened<Type extends string> {
  readonly type: Type;
  readonly id: ViewId;
  readonly pv: string;
  readonly format: ViewFormat;
  /** Which binary messages are this view's; no other view of this socket has it at the same time. */
  readonly stream: number;
}

/** A refusal, in the words that HTTP routes answer with. */
export interface SocketError {
  readonly type: "error";
  /** What was not done; absent where the message told neither. */
  readonly request?: ClientMessage["type"];
  readonly id?: ViewId;
  /** Stable name: `pv-not-found`, `bad-option`, `too-many-views`, `bad-message`, … */
  readonly error: string;
  /** The HTTP status of the same refusal. */
  readonly status: number;
  /** A sentence for people; may quote an EPICS server, so never to be taken as HTML. */
  readonly message: string;
  readonly pv?: string;
  /** The option concerned, what it was, and in words what it may be. */
  readonly option?: string;
  readonly value?: string;
  readonly allowed?: string;
  /** Seconds, where the same may succeed later. */
  readonly retryAfter?: number;
}

/**
 * The header of a binary message: where each number begins, in bytes. Little-endian; times are POSIX milliseconds, NaN
 * where not known; numbers that mean nothing for a kind are 0. The picture's bytes begin at `headerBytes`, so that
 * later versions may add to the end; it is a multiple of 16, which aligns the samples of raw frames.
 */
export const PICTURE = {
  /** u8: {@link VIEWS_VERSION}. */
  version: 0,
  /** u8: {@link PICTURE_KIND}. */
  kind: 1,
  /** u16: length of the header. */
  headerBytes: 2,
  /** u32: the view's number, as `opened` and `updated` told it. */
  stream: 4,
  /** u64: number of the frame, counted here; what is acknowledged. A picture sent again has its number again. */
  sequence: 8,
  /** i64: the camera's own number of the frame. */
  uniqueId: 16,
  /** f64: when the IOC made the array. */
  iocTime: 24,
  /** f64: the camera's own idea of the time; raw frames only. */
  cameraTime: 32,
  /** f64: when the server had received it. */
  receivedTime: 40,
  /** f64: when the server sent it for the first time (other sockets may get the same bytes a moment later). */
  sentTime: 48,
  /** f64 each: the sample values drawn black and white; NaN for raw frames. */
  rangeLow: 56,
  rangeHigh: 64,
  /** u32 each: of the JPEG, or of the raw array. */
  width: 72,
  height: 76,
  /** u32 each: what is shown of the array, before any turning. */
  regionX: 80,
  regionY: 84,
  regionWidth: 88,
  regionHeight: 92,
  /** u32: which plane of a stack is drawn, from 0. */
  plane: 96,
  /** u32: planes in a raw array, one behind the other. */
  planes: 100,
  /** u8: sum of {@link PICTURE_FLAG}. */
  flags: 104,
  /** u8 each, raw frames only: places in SAMPLE_TYPES, FRAME_MODES and CODECS of wasm/core/frame.ts. */
  sampleType: 105,
  colourMode: 106,
  codec: 107,
  /** u8: place in BAYER_PATTERNS of the same file, or 255 for none. */
  bayer: 108,
  /** Where the three bytes that mean nothing yet end, and the picture begins. */
  end: 112,
} as const;

/** What the bytes behind the header are. */
export const PICTURE_KIND = { jpeg: 1, raw: 2 } as const;

export const PICTURE_FLAG = {
  /** Not an image of the camera, but a picture that says why there is none. */
  placeholder: 1,
  /** The samples' byte order. */
  bigEndian: 2,
  /** The columns, or rows, run against those of the sensor; not undone in raw frames. */
  reverseX: 4,
  reverseY: 8,
} as const;

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
