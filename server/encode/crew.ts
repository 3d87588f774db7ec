import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { EncodeError } from "./encode-error.ts";
import type { StartMessage } from "./messages.ts";
import { WorkerThread } from "./worker-thread.ts";

/** Pause before another attempt when a worker's replacement cannot start, or does not live to its first job. */
const RESTART_PAUSE_MS = 1000;

/** What a crew is made of. */
export interface CrewOptions {
  /** Number of threads, at least 1. */
  readonly size: number;
  readonly script: URL;
  readonly startMessage: StartMessage;
  readonly log: Log;
  readonly clock: Clock;
  /** Called when a thread has become idle. */
  readonly freed: () => void;
}

/** The threads of a pool: which of them are idle, and another one for each that is lost. */
export class Crew {
  readonly size: number;
  readonly #options: CrewOptions;
  readonly #threads = new Set<WorkerThread>();
  readonly #idle: WorkerThread[] = [];
  /** Threads that have had a job. */
  readonly #proven = new WeakSet<WorkerThread>();
  readonly #restarts = new Set<() => void>();
  #losses = 0;
  #closed = false;

  constructor(options: CrewOptions) {
    this.size = options.size;
    this.#options = options;
  }

  /** How many threads could take a job at this moment. */
  get idle(): number {
    return this.#idle.length;
  }

  /** How many have crashed or been ended for taking too long. */
  get losses(): number {
    return this.#losses;
  }

  /**
   * Waits until every thread is ready.
   * @throws EncodeError `no-worker` when one cannot start; none is left running then
   */
  async start(): Promise<void> {
    const starts = await Promise.allSettled(Array.from({ length: this.size }, () => this.#add()));
    const failed = starts.find((start) => start.status === "rejected");
    if (failed !== undefined) {
      await this.close();
      throw failed.reason;
    }
    const [thread] = this.#idle;
    const properties = { workers: this.size, build: thread?.build };
    this.#options.log.info("{workers} encoder workers are ready, with the {build} core.", properties);
  }

  /** Takes idle threads, as many as there are but no more than `count`; to be given back with `free`. */
  take(count: number): WorkerThread[] {
    const threads = this.#idle.splice(-count);
    for (const thread of threads) this.#proven.add(thread);
    return threads;
  }

  /** Gives a thread back after its job. One that has ended meanwhile has a replacement of its own. */
  free(thread: WorkerThread): void {
    if (this.#closed || !thread.alive) return;
    this.#idle.push(thread);
    this.#options.freed();
  }

  /** Ends all threads; resolves when they are gone, or are waited for no longer. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idle.length = 0;
    for (const cancel of this.#restarts) cancel();
    this.#restarts.clear();
    await Promise.all(
      [...this.#threads].map((thread) => thread.end("closed", "The encoder pool was closed.")),
    );
  }

  async #add(): Promise<void> {
    const thread = new WorkerThread(this.#options.script, this.#options.clock);
    this.#threads.add(thread);
    void thread.ended.then(() => this.#threads.delete(thread));
    await thread.start(this.#options.startMessage);
    void thread.ended.then((reason) => this.#lost(thread, reason));
    this.free(thread);
  }

  #lost(thread: WorkerThread, { message: reason }: EncodeError): void {
    const place = this.#idle.indexOf(thread);
    if (place >= 0) this.#idle.splice(place, 1);
    if (this.#closed) return;
    this.#losses++;
    this.#options.log.error("A worker was lost ({reason}); another is started in its place.", { reason });
    if (this.#proven.has(thread)) void this.#replace();
    else this.#replaceLater(1);
  }

  async #replace(attempt = 1): Promise<void> {
    try {
      await this.#add();
    } catch (error) {
      if (this.#closed) return;
      if (attempt === 1)
        this.#options.log.error("A worker cannot be replaced for now, trying on: {error}", { error });
      this.#replaceLater(attempt + 1);
    }
  }

  #replaceLater(attempt: number): void {
    const cancel = this.#options.clock.after(RESTART_PAUSE_MS, () => {
      this.#restarts.delete(cancel);
      void this.#replace(attempt);
    });
    this.#restarts.add(cancel);
  }
}
