import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CameraFrame } from "../source/index.ts";
import type { CoreBuild } from "../../wasm/core/index.ts";
import { BusyMeter } from "./busy-meter.ts";
import { Crew } from "./crew.ts";
import { EncodeError } from "./encode-error.ts";
import type { Asker, EncodedPicture, EncodeJob, Encoder, EncoderReport } from "./encoder.ts";
import { type JobResult, toMessage, toNpyMessage, toPlaceholderMessage, toPngMessage } from "./messages.ts";
import type { PlaceholderJob, PlaceholderPainter } from "./placeholder.ts";
import type { EncodedNpy, EncodedPng, NpyEncoder, NpyJob, PngEncoder, PngJob } from "./snapshot-files.ts";
import { encodeStriped, isForAll, STRIPED_FROM_PIXELS } from "./striped.ts";
import { type Turn, Turns } from "./turns.ts";
import type { WorkerThread } from "./worker-thread.ts";

/** A job that takes longer has hung: mozjpeg needs 15 s for 100 megapixels of noise. */
const JOB_LIMIT_MS = 60_000;

/** What a pool is made of. */
export interface EncoderPoolOptions {
  /** Number of worker threads, at least 1. */
  readonly workers: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Where `PVA_TO_VIDEO_CORE` is looked up (`simd` or `scalar` forces that build); the process environment by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Frames of so many pixels and more are drawn by all idle workers together; 16 million unless said. */
  readonly stripedFromPixels?: number;
  /** The script that the threads run; another one in tests of what happens when it fails. */
  readonly script?: URL;
}

/** Everything that a pool can do. */
export interface EncoderPool extends Encoder, PngEncoder, NpyEncoder, PlaceholderPainter {
  /** What it has done so far. */
  readonly report: EncoderReport;
  /**
   * Waits for a turn and begins a job in it: for those who have nothing else to do meanwhile.
   * @param begin calls one of the methods above; called once at most
   * @param signal whose abortion ends the waiting, but not a job that was begun
   * @returns what the job makes
   * @throws whatever the job throws; the signal's reason; EncodeError `closed`
   */
  inTurn<T>(asker: Asker, begin: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/**
 * Starts a pool and waits until every worker is ready.
 * @throws EncodeError `no-worker` when they cannot start; none is left running then
 */
export async function startEncoderPool(options: EncoderPoolOptions): Promise<EncoderPool> {
  const pool = new ThreadPool(options);
  await pool.start();
  return pool;
}

class ThreadPool implements EncoderPool {
  readonly workers: number;
  readonly #clock: Clock;
  readonly #crew: Crew;
  readonly #turns = new Turns();
  readonly #meter: BusyMeter;
  readonly #stripedFrom: number;
  /** Those who wait in `inTurn`. */
  readonly #patient = new Set<(reason: EncodeError) => void>();
  /** Whose task is being called: the jobs that it begins are his. */
  #turn: Turn | undefined;
  #running = 0;
  /** Of those that are running, how many are expected to take long. */
  #long = 0;
  #jobs = 0;
  #failures = 0;
  #serving = false;
  #closed = false;

  constructor(options: EncoderPoolOptions) {
    const { log, clock } = options;
    this.workers = Math.max(1, Math.floor(options.workers));
    this.#clock = clock;
    this.#crew = new Crew({
      size: this.workers,
      script: options.script ?? new URL("./worker.ts", import.meta.url),
      startMessage: { kind: "start", build: wantedBuild(options.environment ?? process.env) },
      log,
      clock,
      freed: () => this.#serve(),
    });
    this.#stripedFrom = options.stripedFromPixels ?? STRIPED_FROM_PIXELS;
    this.#meter = new BusyMeter(() => clock.now());
  }

  get idle(): number {
    return this.#crew.idle;
  }

  get busyFraction(): number {
    return this.#meter.average;
  }

  get report(): EncoderReport {
    const { workers } = this;
    const [busy, jobs, failures, crashes] = [this.#running, this.#jobs, this.#failures, this.#crew.losses];
    return { workers, busy, jobs, failures, crashes };
  }

  start(): Promise<void> {
    return this.#crew.start();
  }

  encode(job: EncodeJob): Promise<EncodedPicture> {
    const count = isForAll(job, this.#stripedFrom) ? this.#spare : 1;
    return this.#onThreads(job.frame, count, (threads) => this.#run(job, threads));
  }

  encodePng(job: PngJob): Promise<EncodedPng> {
    return this.#onThreads(job.frame, 1, async ([thread]) => {
      const { png, facts } = await thread!.writePng(toPngMessage(job));
      return { ...facts, png: new Uint8Array(png) };
    });
  }

  encodeNpy(job: NpyJob): Promise<EncodedNpy> {
    return this.#onThreads(job.frame, 1, async ([thread]) => {
      const { npy, facts } = await thread!.writeNpy(toNpyMessage(job));
      return { ...facts, npy: new Uint8Array(npy) };
    });
  }

  drawPlaceholder(job: PlaceholderJob): Promise<EncodedPicture> {
    return this.#onThreads(undefined, 1, async ([thread]) =>
      pictureOf(await thread!.drawPlaceholder(toPlaceholderMessage(job))),
    );
  }

  whenIdle(task: () => void, asker: Asker = {}): () => void {
    if (this.#closed) return () => undefined;
    const withdraw = this.#turns.add(task, asker);
    this.#serve();
    return withdraw;
  }

  async inTurn<T>(asker: Asker, begin: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) throw closed();
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const withdraw = this.whenIdle(() => resolve((async () => await begin())()), asker);
    const aborted = (): void => {
      withdraw();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", aborted);
    this.#patient.add(reject);
    try {
      return await promise;
    } finally {
      withdraw();
      signal?.removeEventListener("abort", aborted);
      this.#patient.delete(reject);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#turns.clear();
    for (const reject of this.#patient) reject(closed());
    await this.#crew.close();
  }

  /** How many idle workers a large frame may have: one for each party that waits is left, and one if it takes long. */
  get #spare(): number {
    const kept = this.#turn?.long === true ? Math.max(1, this.#turns.parties) : this.#turns.parties;
    return Math.max(1, this.#crew.idle - kept);
  }

  /** Holds the frame, where there is one, and so many idle threads while `task` runs on them. */
  async #onThreads<T>(
    frame: CameraFrame | undefined,
    count: number,
    task: (threads: readonly WorkerThread[]) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw closed();
    if (this.#crew.idle === 0) throw new EncodeError("busy", `All ${this.workers} workers are busy.`);
    frame?.retain();
    const threads = this.#crew.take(count);
    const long = this.#turn?.long === true ? threads.length : 0;
    this.#count(threads.length, long);
    this.#jobs++;
    const stopTimer = this.#clock.after(JOB_LIMIT_MS, () => {
      for (const thread of threads)
        void thread.end("timeout", `A job took longer than ${JOB_LIMIT_MS / 1000} s.`);
    });
    try {
      return await task(threads);
    } catch (error) {
      this.#failures++;
      throw error;
    } finally {
      stopTimer();
      this.#count(-threads.length, -long);
      frame?.release();
      for (const thread of threads) this.#crew.free(thread);
      // Also where none came back: another may be lent for long now.
      this.#serve();
    }
  }

  async #run(job: EncodeJob, threads: readonly WorkerThread[]): Promise<EncodedPicture> {
    const [thread] = threads;
    if (threads.length > 1) {
      const began = this.#clock.now();
      const { jpeg, facts } = await encodeStriped(threads, toMessage(job));
      const { pictureWidth: width, pictureHeight: height } = facts.region;
      return { ...facts, jpeg, width, height, encoder: "fast", encodeMs: this.#clock.now() - began };
    }
    return pictureOf(await thread!.run(toMessage(job)));
  }

  /** Hands idle workers to those who wait; in a microtask, so that nobody is called inside his own call. */
  #serve(): void {
    if (this.#serving || this.#crew.idle === 0 || this.#turns.parties === 0) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      // Those who ask again from within their task without a job begun wait for the next time.
      for (let most = this.#turns.waiting; most > 0 && this.#crew.idle > 0; most--) {
        const turn = this.#turns.next(this.#mayLendForLong);
        if (turn === undefined) return;
        this.#call(turn);
      }
    });
  }

  #call(turn: Turn): void {
    this.#turn = turn;
    try {
      turn.task();
    } finally {
      this.#turn = undefined;
    }
  }

  /** Long jobs never have all workers, where there are several. */
  get #mayLendForLong(): boolean {
    return this.workers === 1 || this.#long < this.workers - 1;
  }

  #count(change: number, long: number): void {
    this.#running += change;
    this.#long += long;
    this.#meter.level = this.#running / this.workers;
  }
}

function pictureOf({ jpeg, facts, source, encodeMs }: JobResult & { encodeMs: number }): EncodedPicture {
  const { pictureWidth: width, pictureHeight: height } = facts.region;
  return { ...facts, jpeg: new Uint8Array(jpeg), width, height, encoder: source, encodeMs };
}

function closed(): EncodeError {
  return new EncodeError("closed", "The encoder pool is closed.");
}

function wantedBuild(environment: Readonly<Record<string, string | undefined>>): CoreBuild | undefined {
  const wish = environment["PVA_TO_VIDEO_CORE"] ?? "";
  if (wish === "simd" || wish === "scalar") return wish;
  if (wish === "") return undefined;
  throw new EncodeError("no-worker", `PVA_TO_VIDEO_CORE is "${wish}"; allowed are simd and scalar.`);
}
