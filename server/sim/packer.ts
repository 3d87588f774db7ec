import type { Log } from "../log.ts";
import type { CameraSpec } from "./vocabulary.ts";

/** Compresses frames as their camera's codec says. */
export interface Packer {
  /**
   * @param parts the pixels, one part after the other; shared memory goes over without being copied, and must not change
   *   meanwhile
   * @returns an array of its own. Rejects when the packer is closed or could not do it
   */
  pack(spec: CameraSpec, parts: readonly Uint8Array[]): Promise<Uint8Array>;
}

/** What the thread is asked. */
export interface UnpackedFrame {
  readonly id: number;
  readonly spec: CameraSpec;
  readonly parts: readonly Uint8Array[];
}

/** What the thread answers. */
export type PackedFrame =
  { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly problem: string };

/**
 * Compresses in a thread of its own, because a large frame takes tens of milliseconds, and everything else that the
 * service does waits for the event loop. The thread starts with the first frame, and again with the next one after it
 * has died.
 */
export class PackerThread implements Packer {
  readonly #log: Log;
  readonly #pending = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #thread: Worker | undefined;
  #asked = 0;
  #closed = false;

  /** @param log is told when the thread dies */
  constructor(log: Log) {
    this.#log = log;
  }

  async pack(spec: CameraSpec, parts: readonly Uint8Array[]): Promise<Uint8Array> {
    if (this.#closed) throw new Error("The simulation is closed.");
    const thread = (this.#thread ??= this.#start());
    const id = ++this.#asked;
    const answer = Promise.withResolvers<Uint8Array>();
    this.#pending.set(id, answer);
    const frame: UnpackedFrame = { id, spec, parts };
    thread.postMessage(frame);
    return await answer.promise;
  }

  /** Ends the thread; what it has not answered rejects. */
  close(): void {
    this.#closed = true;
    this.#thread?.terminate();
    this.#lose("The simulation is closed.");
  }

  #start(): Worker {
    const thread = new Worker(new URL("./packing-thread.ts", import.meta.url));
    thread.onmessage = ({ data }: MessageEvent<PackedFrame>) => this.#answered(data);
    thread.onerror = (event) => {
      event.preventDefault();
      this.#died(thread, event.message);
    };
    thread.addEventListener("close", () => this.#died(thread, "it ended"));
    return thread;
  }

  #answered(answer: PackedFrame): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("bytes" in answer) pending?.resolve(answer.bytes);
    else pending?.reject(new Error(answer.problem));
  }

  #died(thread: Worker, reason: string): void {
    if (this.#closed || this.#thread !== thread) return;
    this.#log.error("The thread that compresses simulated frames died: {reason}", { reason });
    this.#lose(reason);
  }

  #lose(reason: string): void {
    this.#thread = undefined;
    for (const { reject } of this.#pending.values()) reject(new Error(reason));
    this.#pending.clear();
  }
}
