import type { PvaError } from "../errors.ts";
import { DEFAULT_MAX_ARRAY_BYTES, MESSAGE_OVERHEAD_BYTES } from "../limits.ts";
import { ByteGatherer } from "../wire/byte-gatherer.ts";
import { decodeHeader, HEADER_BYTES, type MessageHeader } from "../wire/header.ts";

/** What a StreamTrace finds; `bytes` are one segment, header included, `message` the payload of all its segments. */
export interface StreamTraceEvents {
  /** A control message, or a segment; `message` comes with the last one. */
  segment(header: MessageHeader, bytes: Uint8Array, message: Uint8Array | undefined): void;
  /** The stream cannot be followed any further. */
  lost(error: PvaError | undefined, bytes: Uint8Array): void;
}

/** Cuts one direction of a connection into segments, and glues their payloads for decoding. */
export class StreamTrace {
  readonly #events: StreamTraceEvents;
  readonly #pending = new ByteGatherer();
  readonly #message = new ByteGatherer();
  #lost = false;

  constructor(events: StreamTraceEvents) {
    this.#events = events;
  }

  push(bytes: Uint8Array): void {
    if (this.#lost || bytes.length === 0) return;
    // Bytes that wait belong to somebody else, who may use them again.
    this.#pending.append(bytes.slice());
    let at = 0;
    const held = this.#pending.view();
    while (held.length - at >= HEADER_BYTES) {
      const end = this.#endOfSegment(held, at);
      if (end === undefined || end > held.length) break;
      this.#segment(held.subarray(at, end));
      at = end;
    }
    if (at === 0) return;
    this.#pending.take();
    if (at < held.length) this.#pending.append(held.subarray(at));
  }

  #endOfSegment(held: Uint8Array, at: number): number | undefined {
    try {
      const { control, length } = decodeHeader(held, at);
      if (control) return at + HEADER_BYTES;
      if (this.#message.length + length <= DEFAULT_MAX_ARRAY_BYTES + MESSAGE_OVERHEAD_BYTES)
        return at + HEADER_BYTES + length;
      this.#giveUp(undefined, held.subarray(at));
    } catch (error) {
      this.#giveUp(error as PvaError, held.subarray(at));
    }
    return undefined;
  }

  #giveUp(error: PvaError | undefined, bytes: Uint8Array): void {
    this.#lost = true;
    this.#events.lost(error, bytes);
    this.#pending.take();
    this.#message.take();
  }

  #segment(bytes: Uint8Array): void {
    const header = decodeHeader(bytes);
    if (header.control) {
      this.#events.segment(header, bytes, undefined);
      return;
    }
    if (header.segment === "whole" || header.segment === "first") this.#message.take();
    this.#message.append(bytes.subarray(HEADER_BYTES));
    const complete = header.segment === "whole" || header.segment === "last";
    this.#events.segment(header, bytes, complete ? this.#message.take() : undefined);
  }
}
