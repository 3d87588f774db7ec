import {
  type Asker,
  EncodeError,
  type EncodedPicture,
  type EncodeJob,
  type Encoder,
  type PlaceholderJob,
  type PlaceholderPainter,
} from "../../server/encode/index.ts";
import { Turns } from "../../server/encode/turns.ts";
import type { History } from "../../wasm/core/index.ts";
import type { Clock } from "../../server/clock.ts";
import { wholePicture } from "../support/picture-facts.ts";

/** A pool whose jobs take as long as the test says, on a clock that the test turns. */
export class FakeEncoder implements Encoder, PlaceholderPainter {
  readonly workers: number;
  readonly busyFraction = 0;
  /** Every job, in the order of their beginning. */
  readonly jobs: { readonly job: EncodeJob; readonly at: number }[] = [];
  /** Every placeholder that was drawn, in the order of their drawing. */
  readonly placeholders: PlaceholderJob[] = [];
  /** What a job takes, milliseconds; 0 ends it in a microtask. */
  duration: (job: EncodeJob) => number = () => 0;
  /** What a job leaves to the next of its rendition. */
  leaves: (job: EncodeJob) => History = () => ({});
  /** Why a job fails; undefined: it does not. */
  failure: (job: EncodeJob) => Error | undefined = () => undefined;
  /** Bytes of each picture; the first is the sequence of its frame. */
  jpegBytes = 1;
  readonly #clock: Clock;
  /** Those who wait are served as the real pool serves them. */
  readonly #turns = new Turns();
  /** The most jobs that ran at a time. */
  peak = 0;
  /** Jobs under way that have set an alarm on the clock. */
  alarms = 0;
  #busy = 0;

  constructor(workers: number, clock: Clock) {
    this.workers = workers;
    this.#clock = clock;
  }

  get idle(): number {
    return this.workers - this.#busy;
  }

  async encode(job: EncodeJob): Promise<EncodedPicture> {
    if (this.idle === 0) throw new EncodeError("busy", "all workers are busy");
    this.#busy++;
    this.peak = Math.max(this.peak, this.#busy);
    this.jobs.push({ job, at: this.#clock.now() });
    const encodeMs = this.duration(job);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    if (encodeMs > 0) this.#timed(encodeMs, resolve);
    else resolve(undefined);
    await promise;
    this.#busy--;
    this.#serve();
    const failure = this.failure(job);
    if (failure !== undefined) throw failure;
    const { width, height, sequence } = job.frame;
    const facts = wholePicture(width, height);
    const history = this.leaves(job);
    return {
      ...facts,
      history,
      jpeg: new Uint8Array(this.jpegBytes).fill(sequence),
      width,
      height,
      encoder: job.encoder,
      encodeMs,
    };
  }

  drawPlaceholder(job: PlaceholderJob): Promise<EncodedPicture> {
    this.placeholders.push(job);
    const { width, height } = job.under ?? job.size ?? { width: 640, height: 480 };
    const jpeg = Uint8Array.of(255, this.placeholders.length);
    const drawn = { ...wholePicture(width, height), jpeg, width, height };
    return Promise.resolve({ ...drawn, encoder: "fast", encodeMs: 1 });
  }

  whenIdle(task: () => void, asker: Asker = {}): () => void {
    const withdraw = this.#turns.add(task, asker);
    this.#serve();
    return withdraw;
  }

  close(): Promise<void> {
    this.#turns.clear();
    return Promise.resolve();
  }

  /** How many wait for a worker. */
  get waiting(): number {
    return this.#turns.waiting;
  }

  #timed(encodeMs: number, resolve: (nothing: undefined) => void): void {
    this.alarms++;
    this.#clock.after(encodeMs, () => {
      this.alarms--;
      resolve(undefined);
    });
  }

  #serve(): void {
    queueMicrotask(() => {
      while (this.idle > 0) {
        const turn = this.#turns.next(true);
        if (turn === undefined) return;
        turn.task();
      }
    });
  }
}
