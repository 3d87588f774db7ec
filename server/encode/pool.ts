import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { CameraFrame } from "../source/index.ts";
import type { CoreBuild } from "../../wasm/core/index.ts";
import { BusyMeter } from "./busy-meter.ts";
import { EncodeError } from "./encode-error.ts";
import type { EncodedPicture, EncodeJob, Encoder } from "./encoder.ts";
import type { EncodedPng, PngEncoder, PngJob } from "./snapshot-files.ts";
import { type StartMessage, toMessage, toPngMessage } from "./messages.ts";
import { encodeStriped, isForAll, STRIPED_FROM_PIXELS } from "./striped.ts";
import { WorkerThread } from "./worker-thread.ts";

/** A job that takes longer has hung: mozjpeg needs 15 s for 100 megapixels of noise. */
const JOB_LIMIT_MS = 60_000;
/** Pause before another attempt when a worker's replacement cannot start. */
const RESTART_PAUSE_MS = 1000;

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

/**
 * Starts a pool and waits until every worker is ready.
 * @throws EncodeError `no-worker` when they cannot start; none is left running then
 */
export async function startEncoderPool(options: EncoderPoolOptions): Promise<Encoder & PngEncoder> {
  const pool = new EncoderPool(options);
  await pool.start();
  return pool;
}

class EncoderPool implements Encoder, PngEncoder {
  readonly workers: number;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #script: URL;
  readonly #startMessage: StartMessage;
  readonly #threads = new Set<WorkerThread>();
  readonly #idle: WorkerThread[] = [];
  readonly #waiting = new Set<{ readonly task: () => void }>();
  readonly #restarts = new Set<() => void>();
  readonly #meter: BusyMeter;
  readonly #stripedFrom: number;
  #running = 0;
  #serving = false;
  #closed = false;

  constructor(options: EncoderPoolOptions) {
    this.workers = Math.max(1, Math.floor(options.workers));
    this.#log = options.log;
    this.#clock = options.clock;
    this.#script = options.script ?? new URL("./worker.ts", import.meta.url);
    this.#startMessage = { kind: "start", build: wantedBuild(options.environment ?? process.env) };
    this.#stripedFrom = options.stripedFromPixels ?? STRIPED_FROM_PIXELS;
    this.#meter = new BusyMeter(() => options.clock.now());
  }

  get idle(): number {
    return this.#idle.length;
  }

  get busyFraction(): number {
    return this.#meter.average;
  }

  async start(): Promise<void> {
    const starts = await Promise.allSettled(Array.from({ length: this.workers }, () => this.#addThread()));
    const failed = starts.find((start) => start.status === "rejected");
    if (failed !== undefined) {
      await this.close();
      throw failed.reason;
    }
    const [thread] = this.#idle;
    this.#log.info("{workers} encoder workers are ready, with the {build} core.", {
      workers: this.workers,
      build: thread?.build,
    });
  }

  encode(job: EncodeJob): Promise<EncodedPicture> {
    const all = isForAll(job, this.#stripedFrom);
    return this.#onThreads(job.frame, all ? this.#idle.length : 1, (threads) => this.#run(job, threads));
  }

  encodePng(job: PngJob): Promise<EncodedPng> {
    return this.#onThreads(job.frame, 1, async ([thread]) => {
      const { png, facts } = await thread!.writePng(toPngMessage(job));
      return { ...facts, png: new Uint8Array(png) };
    });
  }

  /** Holds the frame and so many idle threads while `task` runs on them. */
  async #onThreads<T>(
    frame: CameraFrame,
    count: number,
    task: (threads: readonly WorkerThread[]) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new EncodeError("closed", "The encoder pool is closed.");
    if (this.#idle.length === 0) throw new EncodeError("busy", `All ${this.workers} workers are busy.`);
    frame.retain();
    const threads = this.#idle.splice(-count);
    this.#count(threads.length);
    const stopTimer = this.#clock.after(JOB_LIMIT_MS, () => {
      for (const thread of threads)
        void thread.end("timeout", `A job took longer than ${JOB_LIMIT_MS / 1000} s.`);
    });
    try {
      return await task(threads);
    } finally {
      stopTimer();
      this.#count(-threads.length);
      frame.release();
      for (const thread of threads) this.#free(thread);
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
    const { jpeg, facts, source, encodeMs } = await thread!.run(toMessage(job));
    const { pictureWidth: width, pictureHeight: height } = facts.region;
    return { ...facts, jpeg: new Uint8Array(jpeg), width, height, encoder: source, encodeMs };
  }

  whenIdle(task: () => void): () => void {
    const turn = { task };
    if (this.#closed) return () => undefined;
    this.#waiting.add(turn);
    this.#serve();
    return () => void this.#waiting.delete(turn);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.clear();
    this.#idle.length = 0;
    for (const cancel of this.#restarts) cancel();
    this.#restarts.clear();
    await Promise.all(
      [...this.#threads].map((thread) => thread.end("closed", "The encoder pool was closed.")),
    );
  }

  async #addThread(): Promise<void> {
    const thread = new WorkerThread(this.#script, this.#clock);
    this.#threads.add(thread);
    void thread.ended.then(() => this.#threads.delete(thread));
    await thread.start(this.#startMessage);
    void thread.ended.then((reason) => this.#lost(thread, reason));
    this.#free(thread);
  }

  #lost(thread: WorkerThread, reason: EncodeError): void {
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    if (this.#closed) return;
    this.#log.error("A worker was lost ({reason}); another is started in its place.", {
      reason: reason.message,
    });
    void this.#replace();
  }

  async #replace(attempt = 1): Promise<void> {
    try {
      await this.#addThread();
    } catch (error) {
      if (this.#closed) return;
      if (attempt === 1)
        this.#log.error("A worker cannot be replaced for now, trying on: {error}", { error });
      const cancel = this.#clock.after(RESTART_PAUSE_MS, () => {
        this.#restarts.delete(cancel);
        void this.#replace(attempt + 1);
      });
      this.#restarts.add(cancel);
    }
  }

  #free(thread: WorkerThread): void {
    if (this.#closed || !thread.alive) return;
    this.#idle.push(thread);
    this.#serve();
  }

  /** Hands idle workers to those who wait, oldest first; in a microtask, so that nobody is called inside his own call. */
  #serve(): void {
    if (this.#serving || this.#idle.length === 0 || this.#waiting.size === 0) return;
    this.#serving = true;
    queueMicrotask(() => {
      this.#serving = false;
      for (const turn of [...this.#waiting]) {
        if (this.#idle.length === 0) return;
        if (this.#waiting.delete(turn)) turn.task();
      }
    });
  }

  #count(change: number): void {
    this.#running += change;
    this.#meter.level = this.#running / this.workers;
  }
}

function wantedBuild(environment: Readonly<Record<string, string | undefined>>): CoreBuild | undefined {
  const wish = environment["PVA_TO_VIDEO_CORE"] ?? "";
  if (wish === "simd" || wish === "scalar") return wish;
  if (wish === "") return undefined;
  throw new EncodeError("no-worker", `PVA_TO_VIDEO_CORE is "${wish}"; allowed are simd and scalar.`);
}
