import { PvaError } from "../errors.ts";
import { decodeHeader, HEADER_BYTES, type MessageHeader } from "./header.ts";

/** Receives what a Framer cuts out of a byte stream; headers of later segments never show. */
export interface FrameSink {
  /**
   * An application message starts. `header.segment` is "whole" (then `header.length` is all of its payload) or "first"
   * (then the payload's length is unknown until its end).
   */
  begin(header: MessageHeader): void;
  /** The next bytes of that message's payload, a view of the chunk pushed: copy what must stay. */
  payload(bytes: Uint8Array): void;
  /** The message is complete. */
  end(): void;
  /** A control message; may come between two segments. */
  control(header: MessageHeader): void;
}

/**
 * Cuts a TCP byte stream into messages without gathering them. Chunks may end anywhere.
 *
 *     push(chunk) ─→ header ─→ payload slices ─→ next header …
 *
 * Any throw (`bad-header`, `bad-segment`, `limit`) means that framing is lost: close the connection.
 */
export class Framer {
  readonly #sink: FrameSink;
  readonly #fromServer: boolean;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  /** Payload bytes of the current segment still to come. */
  #left = 0;
  /** The segmented message under way. */
  #open: MessageHeader | undefined;
  #inPayload = false;
  #last = true;
  #closed = false;
  #messageBytes = 0;

  /** Largest payload taken, over all segments of a message; may be changed between messages. */
  maxMessageBytes: number;

  /** @param options `fromServer` the direction every message must have */
  constructor(sink: FrameSink, options: { readonly fromServer: boolean; readonly maxMessageBytes: number }) {
    this.#sink = sink;
    this.#fromServer = options.fromServer;
    this.maxMessageBytes = options.maxMessageBytes;
  }

  /** Passes nothing on any more, not even the rest of the chunk at hand: the connection has ended. */
  close(): void {
    this.#closed = true;
  }

  /** Takes the next bytes of the stream. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length && !this.#closed)
      at = this.#inPayload ? this.#takePayload(chunk, at) : this.#takeHeader(chunk, at);
  }

  /** Payload bytes of the segment under way that are still to come; 0 between segments. */
  get awaited(): number {
    return this.#inPayload ? this.#left : 0;
  }

  /** The next `count` bytes of the stream, at most `awaited`, have gone to where payload goes without passing here. */
  bypassed(count: number): void {
    this.#left -= count;
    if (this.#left > 0) return;
    this.#inPayload = false;
    this.#endSegment();
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const count = Math.min(HEADER_BYTES - this.#headerBytes, chunk.length - at);
    this.#header.set(chunk.subarray(at, at + count), this.#headerBytes);
    this.#headerBytes += count;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#startSegment(decodeHeader(this.#header));
    }
    return at + count;
  }

  #startSegment(header: MessageHeader): void {
    if (header.fromServer !== this.#fromServer)
      throw new PvaError("bad-header", `message in the wrong direction (command ${header.command})`);
    if (header.control) {
      this.#sink.control(header);
      return;
    }
    const continues = header.segment === "middle" || header.segment === "last";
    if (continues !== (this.#open !== undefined) || (continues && header.command !== this.#open?.command))
      throw new PvaError(
        "bad-segment",
        `${header.segment} segment of command ${header.command} ${
          this.#open === undefined ? "without a first one" : `inside command ${this.#open.command}`
        }`,
      );
    this.#messageBytes = (continues ? this.#messageBytes : 0) + header.length;
    if (this.#messageBytes > this.maxMessageBytes)
      throw new PvaError("limit", `message of command ${header.command} too long`, {
        need: this.#messageBytes,
        have: this.maxMessageBytes,
      });
    if (!continues) this.#sink.begin(header);
    this.#open = header.segment === "whole" || header.segment === "last" ? undefined : header;
    this.#last = this.#open === undefined;
    this.#left = header.length;
    this.#inPayload = header.length > 0;
    if (!this.#inPayload) this.#endSegment();
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const count = Math.min(this.#left, chunk.length - at);
    this.#sink.payload(chunk.subarray(at, at + count));
    this.bypassed(count);
    return at + count;
  }

  #endSegment(): void {
    if (this.#last) this.#sink.end();
  }
}
