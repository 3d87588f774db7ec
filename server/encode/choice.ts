import type { EncoderWish } from "../../wasm/core/index.ts";
import type { EncoderName } from "./encoder.ts";

/** What one rendition asks for, and how busy the machine is. */
export interface EncodeLoad {
  /** Milliseconds between the frames of this rendition; Infinity for a single snapshot. */
  readonly intervalMs: number;
  /** Width × height of a frame, in millions. */
  readonly megapixels: number;
  /** `Encoder.busyFraction`. */
  readonly busyFraction: number;
}

/** Which encoder, and the reason in words for the status page. */
export interface EncoderDecision {
  readonly encoder: EncoderName;
  readonly why: string;
}

/** A rendition goes over to mozjpeg below these: share of its interval, share of the workers' time, time in ms … */
const ENTER = { interval: 1 / 4, busy: 1 / 2, onlyWorkerMs: 60 };
/** … and leaves it only above these, so that it does not go back and forth at the edge. */
const LEAVE = { interval: 3 / 8, busy: 3 / 4, onlyWorkerMs: 90 };
/** What mozjpeg is expected to take before anything is known, milliseconds per megapixel (between smooth and noisy). */
const MOZJPEG_GUESS = 60;
/** Weight of the newest measurement in the running average. */
const LEARNING = 0.2;
/** How fast an estimate that can no longer be measured goes back to the guess, per frame encoded otherwise. */
const FORGETTING = 0.01;

/**
 * The rule behind `encoder=auto`, for one rendition: mozjpeg where its expected time is at most a quarter of the frame
 * interval and the pool is less than half busy, else the fast encoder; with hysteresis. Knows no clock: the caller
 * says what things took.
 */
export class EncoderChoice {
  readonly #onlyWorker: boolean;
  #mozjpegRate = MOZJPEG_GUESS;
  #current: EncoderName = "fast";

  /**
   * @param workers of the pool. Where there is one only, mozjpeg must also be quick in itself, for every other rendition
   *   stands still meanwhile: 60 ms is two pictures of a stream at 30 fps.
   */
  constructor(workers = Infinity) {
    this.#onlyWorker = workers === 1;
  }

  /** Decides for the next frame. A wish other than `auto` is granted as it is. */
  choose(wish: EncoderWish, load: EncodeLoad): EncoderDecision {
    if (wish !== "auto") return { encoder: wish, why: "asked for" };
    const limit = this.#current === "mozjpeg" ? LEAVE : ENTER;
    const decision = judge(this.#mozjpegRate * load.megapixels, load, limit, this.#onlyWorker);
    this.#current = decision.encoder;
    return decision;
  }

  /**
   * Learns from a finished job.
   * @param encoder which one did it
   * @param megapixels size of the frame, in millions of pixels
   * @param ms what it took, milliseconds
   */
  learn(encoder: EncoderName, megapixels: number, ms: number): void {
    if (encoder === "fast") this.#mozjpegRate += (MOZJPEG_GUESS - this.#mozjpegRate) * FORGETTING;
    else if (megapixels > 0) this.#mozjpegRate += (ms / megapixels - this.#mozjpegRate) * LEARNING;
  }
}

function judge(
  expectedMs: number,
  load: EncodeLoad,
  limit: typeof ENTER,
  onlyWorker: boolean,
): EncoderDecision {
  if (expectedMs > load.intervalMs * limit.interval) {
    return {
      encoder: "fast",
      why: `mozjpeg would take ${words(expectedMs)} of the ${words(load.intervalMs)} between frames`,
    };
  }
  if (onlyWorker && expectedMs > limit.onlyWorkerMs) {
    return { encoder: "fast", why: `mozjpeg would keep the only worker busy for ${words(expectedMs)}` };
  }
  if (load.busyFraction >= limit.busy) {
    return { encoder: "fast", why: `the workers are ${Math.round(load.busyFraction * 100)} % busy` };
  }
  const between = Number.isFinite(load.intervalMs)
    ? `of the ${words(load.intervalMs)} between frames`
    : "for a single picture";
  return { encoder: "mozjpeg", why: `takes ${words(expectedMs)} ${between} and makes smaller files` };
}

function words(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
