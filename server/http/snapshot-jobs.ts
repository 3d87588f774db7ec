import { type PictureFacts, type Recipe, recipeKey } from "../../wasm/core/index.ts";
import {
  type EncodedPicture,
  EncodeError,
  type EncoderChoice,
  type EncoderPool,
  type NpyEncoder,
  type PlaceholderPainter,
  type PngEncoder,
  SNAPSHOTS,
} from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";
import type { Streams } from "../stream/index.ts";
import { Refusal } from "./refusal.ts";
import type { SnapshotFormat, SnapshotWish } from "./snapshot-request.ts";

/** Files that wait for a worker at most. They share one turn a round, so the last of so many waits for seconds already. */
const MOST_WAITING = 64;
/**
 * What `encoder=auto` takes the interval between two snapshots for, milliseconds: mozjpeg may take a quarter of it. Somebody
 * waits for each, so it is not for ever.
 */
const SLOW_RENDITION_MS = 1000;

/** A finished file and what is known of it. */
export interface SnapshotFile {
  readonly format: SnapshotFormat;
  /** The whole file. Shared by all who asked for it: never to be written to. */
  readonly bytes: Uint8Array;
  /** Who made it: `fast`, `mozjpeg`, `camera` (the camera's own JPEG), `png`, `npy`. */
  readonly encoder: string;
  readonly frame: Pick<CameraFrame, "uniqueId" | "iocTime" | "cameraTime" | "receivedAt">;
  /** Where something was drawn. */
  readonly drawn?: Pick<PictureFacts, "range" | "region" | "issues">;
  /** What was added to the camera's samples so that they are unsigned. */
  readonly sampleOffset: number;
}

/** The part of the pool that makes files. */
export type SnapshotEncoder = Pick<EncoderPool, "encode" | "inTurn" | "busyFraction"> &
  PngEncoder &
  NpyEncoder &
  PlaceholderPainter;

/** One file to be made, for everybody who has asked for it. */
interface Job {
  readonly key: string;
  readonly pv: string;
  readonly wish: SnapshotWish;
  /** Held by this job; while it waits, a newer one takes its place. */
  frame: CameraFrame;
  readonly made: PromiseWithResolvers<SnapshotFile>;
  /** Who waits for it. */
  waiting: number;
  /** Aborts when nobody waits for it any more. */
  readonly unwanted: AbortController;
}

/**
 * Makes single pictures and arrays of frames, each once for all who want the same of the same frame at the time.
 *
 *     frame, wish ──→ the last JPEG of this frame? ──→ there it is
 *                 ──→ being made of this frame? ─────→ share it
 *                 ──→ waiting for a worker? ─────────→ share it; it will be of the newest frame that anybody brought
 *                 ──→ else wait for a worker, if not too many do
 *
 * Those that wait for a worker hold one frame a PV, all the same, so that they do not keep a camera's slots from it.
 */
export class SnapshotJobs {
  readonly #encoder: SnapshotEncoder;
  readonly #choice: Pick<EncoderChoice, "choose" | "learn">;
  readonly #failed: Streams["failed"];
  readonly #waiting = new Map<string, Job>();
  readonly #running = new Map<string, Job>();
  /** The last JPEG of each frame: a camera that stands still is asked for the same again and again. */
  readonly #finished = new WeakMap<CameraFrame, { readonly key: string; readonly file: SnapshotFile }>();

  /**
   * @param choice the rule for `encoder=auto`, for snapshots alone
   * @param failed hears of each job that failed, once, and says what those who wait for it are told
   */
  constructor(
    encoder: SnapshotEncoder,
    choice: Pick<EncoderChoice, "choose" | "learn">,
    failed: Streams["failed"],
  ) {
    this.#encoder = encoder;
    this.#choice = choice;
    this.#failed = failed;
  }

  /**
   * Makes what is wished of `frame`, or of a newer one of the same PV.
   * @param frame held for this call, which gives it up
   * @param signal aborts when whoever wants it has gone; what nobody wants is not begun
   * @throws what `failed` says of a job's EncodeError; Refusal `too-many-snapshots`, `client-gone`
   */
  async make(pv: string, wish: SnapshotWish, frame: CameraFrame, signal: AbortSignal): Promise<SnapshotFile> {
    const key = keyOf(pv, wish);
    const finished = this.#finished.get(frame);
    if (finished?.key === key) {
      frame.release();
      return finished.file;
    }
    this.#renew(pv, frame);
    const job = this.#underWay(key, frame) ?? this.#enqueue(key, pv, wish, frame);
    frame.release();
    return this.#result(job, signal);
  }

  /** What waits for a worker is to be of the newest frame: it is there, and the slots of those before it come free. */
  #renew(pv: string, frame: CameraFrame): void {
    for (const job of this.#waiting.values()) {
      if (job.pv !== pv || job.frame.receivedAt >= frame.receivedAt) continue;
      frame.retain();
      job.frame.release();
      job.frame = frame;
    }
  }

  #underWay(key: string, frame: CameraFrame): Job | undefined {
    const running = this.#running.get(key);
    return running?.frame === frame ? running : this.#waiting.get(key);
  }

  #enqueue(key: string, pv: string, wish: SnapshotWish, frame: CameraFrame): Job {
    if (this.#waiting.size >= MOST_WAITING) {
      frame.release();
      const message = `${MOST_WAITING} snapshots wait for a worker already; ask again in a moment.`;
      throw new Refusal("too-many-snapshots", message, { pv });
    }
    frame.retain();
    const made = Promise.withResolvers<SnapshotFile>();
    // Whoever waits for it hears of a failure; when nobody does any more, nobody needs to.
    made.promise.catch(() => undefined);
    const job: Job = { key, pv, wish, frame, made, waiting: 0, unwanted: new AbortController() };
    this.#waiting.set(key, job);
    void this.#carryOut(job);
    return job;
  }

  /** Keeps the job, and the frame that it holds, until it is done, or nobody wants it, or the encoder is closed. */
  async #carryOut(job: Job): Promise<void> {
    const { key, pv, made, unwanted } = job;
    try {
      const begin = (): Promise<SnapshotFile> => this.#begin(job);
      made.resolve(await this.#encoder.inTurn({ party: SNAPSHOTS }, begin, unwanted.signal));
    } catch (error) {
      made.reject(error instanceof EncodeError ? this.#failed(pv, error) : error);
    } finally {
      if (this.#waiting.get(key) === job) this.#waiting.delete(key);
      if (this.#running.get(key) === job) this.#running.delete(key);
      job.frame.release();
    }
  }

  /** A worker is free: the encoder is called before this returns. */
  async #begin(job: Job): Promise<SnapshotFile> {
    const { key, wish, frame } = job;
    this.#waiting.delete(key);
    this.#running.set(key, job);
    if (wish.format !== "jpg") return this.#whole(frame, wish);
    const file = await this.#jpg(frame, wish.recipe);
    this.#finished.set(frame, { key, file });
    return file;
  }

  async #jpg(frame: CameraFrame, recipe: Recipe): Promise<SnapshotFile> {
    const { busyFraction } = this.#encoder;
    const megapixels = (frame.width * frame.height) / 1e6;
    const load = { intervalMs: SLOW_RENDITION_MS, megapixels, busyFraction };
    const { encoder } = this.#choice.choose(recipe.encoder, load);
    const picture = await this.#encoder.encode({ frame, recipe, encoder });
    if (picture.encoder !== "camera") this.#choice.learn(picture.encoder, megapixels, picture.encodeMs);
    return jpgFile(picture, frame);
  }

  /** A file that keeps what the camera measured. */
  async #whole(frame: CameraFrame, wish: Exclude<SnapshotWish, { format: "jpg" }>): Promise<SnapshotFile> {
    if (wish.format === "npy") {
      const { npy } = await this.#encoder.encodeNpy({ frame });
      return { format: "npy", bytes: npy, encoder: "npy", frame: notesOf(frame), sampleOffset: 0 };
    }
    const drawn = await this.#encoder.encodePng({ frame, recipe: wish.recipe });
    const { png, offset } = drawn;
    return { format: "png", bytes: png, encoder: "png", frame: notesOf(frame), drawn, sampleOffset: offset };
  }

  /** The job's file, for one who may leave before it is there. */
  async #result(job: Job, signal: AbortSignal): Promise<SnapshotFile> {
    const gone = Promise.withResolvers<never>();
    const leave = (): void => gone.reject(clientGone(job.pv, signal.reason));
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    job.waiting++;
    try {
      return await Promise.race([job.made.promise, gone.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      job.waiting--;
      if (job.waiting === 0) this.#drop(job);
    }
  }

  /** Nobody wants it any more: it is not begun. One that is under way comes to its end. */
  #drop(job: Job): void {
    if (this.#waiting.get(job.key) !== job) return;
    this.#waiting.delete(job.key);
    job.unwanted.abort();
  }
}

/** A rendition's picture, or one that was made for a snapshot, as a file. */
export function jpgFile(picture: EncodedPicture, frame: SnapshotFile["frame"]): SnapshotFile {
  const { jpeg, encoder } = picture;
  return { format: "jpg", bytes: jpeg, encoder, frame: notesOf(frame), drawn: picture, sampleOffset: 0 };
}

/** Nobody reads it: the client left before there was an answer. */
export function clientGone(pv: string, cause: unknown): Refusal {
  return new Refusal("client-gone", "The client left.", { pv }, cause);
}

/** Nothing that needs the frame to be held, nor anything that would hold it in memory. */
function notesOf({
  uniqueId,
  iocTime,
  cameraTime,
  receivedAt,
}: SnapshotFile["frame"]): SnapshotFile["frame"] {
  return { uniqueId, iocTime, cameraTime, receivedAt };
}

function keyOf(pv: string, wish: SnapshotWish): string {
  return JSON.stringify([pv, wish.format, wish.format === "npy" ? "" : recipeKey(wish.recipe)]);
}
