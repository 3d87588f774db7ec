import type { Recipe } from "../../wasm/core/index.ts";
import type { EncodeError } from "../encode/index.ts";
import type { ServiceError } from "../errors.ts";
import type { CameraFrame } from "../source/index.ts";
import type { StreamPicture } from "./picture.ts";
import type { ClientNote, StreamReport } from "./status.ts";
import type { StreamTotals } from "./totals.ts";
import type { RawViewer, Viewer } from "./viewer.ts";

/**
 * When a viewer is shown a drawn picture that says why there is none of the camera:
 * - `never`: it keeps the last picture, and learns from its status;
 * - `lost`: after the first picture, when the camera is disconnected, or its frames fail and none of them became a picture
 *   for the stall time. A still camera is never replaced;
 * - `always`: that, and instead of being refused with `pv-not-found`, `no-image-yet`, `bad-image`, `not-an-image` or `quarantined`.
 */
export type PlaceholderWish = "never" | "lost" | "always";

/** What any viewer may ask for. */
export interface WatchOptions {
  /** Pictures per second, more than 0; the service's own limit holds besides, and alone without this. */
  readonly fps?: number;
  /** Ends the wait for a first picture, and later the viewer. */
  readonly signal?: AbortSignal;
  /** Who watches, for reports. */
  readonly client?: ClientNote;
}

/** What a viewer may ask for besides its recipe. */
export interface OpenOptions extends WatchOptions {
  /** `never` unless given. */
  readonly placeholder?: PlaceholderWish;
}

/** Which frame a glimpse is content with. */
export interface GlimpseOptions {
  /** How long ago the frame may have come in, milliseconds; 0: only one that comes from now on. */
  readonly maxAgeMs: number;
  /** Since when the asker waits, by `Clock.now()`, where this is not its first try: the connect timeout is for all of them. */
  readonly askedAt?: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/** The cameras of the service, as the web side sees them. */
export interface Streams {
  /**
   * Begins to watch a PV. Resolves when the first picture can be had: it is encoded by then, and the viewer's `next`
   * has it, or a newer one if there is, at once.
   * @param pv channel name
   * @param recipe how its images are drawn; viewers with equal recipes share all work
   * @throws ServiceError `pv-not-found` when no server answered within the connect timeout; `no-image-yet` when one
   *   did but there was no picture in time; `bad-image` when there were only damaged ones; `not-an-image` when the PV is
   *   something else, or its images are too large to be encoded; `bad-option` when they cannot fulfil the recipe, with
   *   the wish, and for an fps that is not more than 0; `quarantined` while its images are not encoded because they crashed
   *   workers; `too-many-streams`; `stopping`. The signal's reason when that aborted
   */
  open(pv: string, recipe: Recipe, options?: OpenOptions): Promise<Viewer>;
  /**
   * Begins to watch a PV without drawing anything: the viewer gets the arrays as they come. Resolves when there is one.
   * @throws ServiceError as `open`, but for what has to do with encoding
   */
  openRaw(pv: string, options?: WatchOptions): Promise<RawViewer>;
  /**
   * One frame: the newest if it is fresh enough, else the next. Opens a stream if there is none, which lingers afterwards.
   * @returns the frame, retained once for the caller, who releases it
   * @throws ServiceError as `openRaw`, and `quarantined`; `no-image-yet` says how old the newest frame is, where there is one
   */
  glimpse(pv: string, options: GlimpseOptions): Promise<CameraFrame>;
  /**
   * A job on a frame from `glimpse` failed: counts it against the PV if it cost its worker, and says it as a refusal.
   * @returns `bad-option` with the wish, `bad-image`, `not-an-image`, `no-image-yet`
   */
  failed(pv: string, error: EncodeError): ServiceError;
  /**
   * The newest picture that viewers of this recipe were shown; undefined where there are none, nor were lately. Begins
   * nothing.
   */
  latest(pv: string, recipe: Recipe): StreamPicture | undefined;
  /** The stream of a PV; undefined where nobody watches it, nor did lately. */
  report(pv: string): StreamReport | undefined;
  /** The PVs of all streams now, watched or lingering, in the order in which they were opened. */
  pvs(): string[];
  /** Everything since the start, of all streams together, those that have ended too. */
  readonly totals: StreamTotals;
}
