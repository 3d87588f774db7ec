import type { Clock } from "../clock.ts";
import type { CoreBuild, Measurement } from "../../wasm/core/index.ts";
import { EncodeError, type EncodeErrorCode } from "./encode-error.ts";
import type {
  JobMessage,
  JoinMessage,
  MeasureMessage,
  NpyMessage,
  PlaceholderMessage,
  PngMessage,
  StartMessage,
  StripeMessage,
  TaskMessage,
  WorkerMessage,
} from "./messages.ts";

import { SlotSender } from "./slots.ts";

/**
 * A thread that was told to end is waited for no longer than this, milliseconds: one that is deep in compiled
 * WebAssembly hears of it only when it comes out again, which takes mozjpeg seconds with a large picture.
 */
const FAREWELL_MS = 250;

/** What a worker answers when a job ended well. */
type Answer<Kind> = Extract<WorkerMessage, { kind: Kind }>;

/** The pool's end of one worker thread: one question at a time, and an end that is always noticed. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #slots: SlotSender;
  readonly #ended = Promise.withResolvers<EncodeError>();
  #build: CoreBuild | undefined;
  #pending: PromiseWithResolvers<WorkerMessage> | undefined;
  #verdict: EncodeError | undefined;

  /**
   * @param script the worker's module; it is loaded in the background, see `start`
   * @param clock for the patience with a thread that does not end
   */
  constructor(script: URL, clock: Clock) {
    this.#worker = new Worker(script);
    this.#clock = clock;
    this.#slots = new SlotSender((message) => this.#worker.postMessage(message));
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#answered(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#condemn("worker-crashed", event.message);
      // A rejection that nobody awaits is an error, too, and the thread may live on after it.
      this.#worker.terminate();
    };
    this.#worker.addEventListener("close", (event) =>
      this.#closed((event as Event & { code?: number }).code),
    );
  }

  /**
   * Waits until the thread has loaded its core.
   * @throws EncodeError `no-worker` with the reason; the thread is gone then
   */
  async start(message: StartMessage): Promise<void> {
    const answer = await this.#ask(message).catch((error: unknown) => ({
      kind: "unfit" as const,
      message: String(error),
    }));
    if (answer.kind === "ready") {
      this.#build = answer.build;
      return;
    }
    await this.end("no-worker", "It did not start.");
    const reason = answer.kind === "unfit" ? answer.message : `it answered "${answer.kind}"`;
    throw new EncodeError("no-worker", `A worker could not start: ${reason}`);
  }

  /** Which build of the core it runs. */
  get build(): CoreBuild | undefined {
    return this.#build;
  }

  /** Resolves with the reason when the thread is gone, or was told to end and is waited for no longer. */
  get ended(): Promise<EncodeError> {
    return this.#ended.promise;
  }

  /** Whether the thread can still take jobs. */
  get alive(): boolean {
    return this.#verdict === undefined;
  }

  /** Does one job. Rejects with an EncodeError: the worker's refusal, or the reason of the thread's end. */
  run(job: JobMessage): Promise<Answer<"done">> {
    return this.#answerTo(job, "done");
  }

  /** Measures a stripe; rejects as `run` does. */
  async measure(job: MeasureMessage): Promise<Measurement> {
    return (await this.#answerTo(job, "measured")).measured;
  }

  /** Encodes a stripe; rejects as `run` does. */
  async encodeStripe(job: StripeMessage): Promise<ArrayBuffer> {
    return (await this.#answerTo(job, "piece")).jpeg;
  }

  /** Joins pieces, which are gone then; rejects as `run` does. */
  async join(job: JoinMessage): Promise<Uint8Array> {
    return new Uint8Array((await this.#answerTo(job, "piece", [...job.pieces])).jpeg);
  }

  /** Writes a PNG; rejects as `run` does. */
  writePng(job: PngMessage): Promise<Answer<"png">> {
    return this.#answerTo(job, "png");
  }

  /** Writes an NPY file; rejects as `run` does. */
  writeNpy(job: NpyMessage): Promise<Answer<"npy">> {
    return this.#answerTo(job, "npy");
  }

  /** Draws a placeholder, whose picture goes over without another copy; rejects as `run` does. */
  drawPlaceholder(job: PlaceholderMessage): Promise<Answer<"done">> {
    return this.#answerTo(job, "done", job.under === undefined ? [] : [job.under.buffer]);
  }

  async #answerTo<Kind extends WorkerMessage["kind"]>(
    job: TaskMessage,
    kind: Kind,
    transfer?: ArrayBuffer[],
  ): Promise<Answer<Kind>> {
    const answer = await this.#ask(job, transfer);
    if (answer.kind === kind) return answer as Answer<Kind>;
    if (answer.kind === "refused") throw new EncodeError(answer.code, answer.message, answer.wish);
    throw new EncodeError("cannot-encode", `The worker answered a job with "${answer.kind}".`);
  }

  /**
   * Ends the thread, whatever it is doing; its job rejects at once, with this code and sentence. Resolves when it is gone,
   * or after a quarter of a second: it may go on for a while in a job whose picture nobody takes.
   */
  async end(code: EncodeErrorCode, message: string): Promise<void> {
    const verdict = this.#condemn(code, message);
    this.#worker.terminate();
    const cancel = this.#clock.after(FAREWELL_MS, () => this.#ended.resolve(verdict));
    await this.#ended.promise;
    cancel();
  }

  async #ask(message: StartMessage | TaskMessage, transfer: ArrayBuffer[] = []): Promise<WorkerMessage> {
    if (this.#verdict !== undefined) throw this.#verdict;
    this.#pending = Promise.withResolvers();
    this.#worker.postMessage(this.#slots.close(message), transfer);
    return await this.#pending.promise;
  }

  #answered(answer: WorkerMessage): void {
    this.#pending?.resolve(answer);
    this.#pending = undefined;
  }

  /** Takes no more jobs. The first reason counts. */
  #condemn(code: EncodeErrorCode, message: string): EncodeError {
    const verdict = (this.#verdict ??= new EncodeError(code, message));
    this.#pending?.reject(verdict);
    this.#pending = undefined;
    return verdict;
  }

  #closed(exitCode: number | undefined): void {
    this.#ended.resolve(
      this.#condemn("worker-crashed", `The worker ended with exit code ${exitCode ?? "unknown"}.`),
    );
  }
}
