import { joinBytes } from "../wire/byte-writer.ts";

/** Pieces below this are joined before they are written: a system call costs more than copying them. */
const JOIN_BYTES = 8 * 1024;

/** What an Outbox writes to: takes as many bytes as it can now and says how many; negative once it is closed. */
export interface ByteSink {
  write(bytes: Uint8Array): number;
}

/**
 * The bytes on their way to one client, in order. Holds references, copies nothing large; whoever puts frames in waits
 * for `idle`, so that no more than one of them is ever here.
 */
export class Outbox {
  readonly #sink: ByteSink;
  #queue: Uint8Array[] = [];

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Nothing waits: the system has taken every byte. */
  get idle(): boolean {
    return this.#queue.length === 0;
  }

  /** Queues these pieces and sends what the system takes now. */
  put(parts: readonly Uint8Array[]): void {
    this.#queue.push(...joinSmall(parts));
    this.flush();
  }

  /** Sends what the system takes now; to be called when the socket has drained. */
  flush(): void {
    let done = 0;
    for (; done < this.#queue.length; done++) {
      const part = this.#queue[done]!;
      const taken = Math.max(0, this.#sink.write(part));
      if (taken < part.byteLength) {
        this.#queue[done] = part.subarray(taken);
        break;
      }
    }
    this.#queue.splice(0, done);
  }

  /** Drops everything: the client is gone. */
  clear(): void {
    this.#queue = [];
  }
}

/** Joins neighbours that are small together, and leaves large pieces where they are. */
function joinSmall(parts: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const closeGroup = (): void => {
    if (small.length > 0) joined.push(joinBytes(small));
    small = [];
  };
  for (const part of parts) {
    if (part.byteLength === 0) continue;
    if (part.byteLength < JOIN_BYTES) small.push(part);
    else {
      closeGroup();
      joined.push(part);
    }
  }
  closeGroup();
  return joined;
}
