import { ByteGatherer } from "./byte-gatherer.ts";
import type { FrameSink } from "./framer.ts";
import type { MessageHeader } from "./header.ts";

/** Receives messages in one piece. `payload` may view the socket's chunk: decode it before returning. */
export interface MessageSink {
  message(header: MessageHeader, payload: Uint8Array): void;
  control(header: MessageHeader): void;
}

/** Glues the slices of each message together, for everything that is decoded whole. */
export class MessageAssembler implements FrameSink {
  readonly #sink: MessageSink;
  readonly #gatherer = new ByteGatherer();
  #header: MessageHeader | undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  begin(header: MessageHeader): void {
    this.#header = header;
  }

  payload(bytes: Uint8Array): void {
    this.#gatherer.append(bytes);
  }

  end(): void {
    const header = this.#header;
    this.#header = undefined;
    if (header !== undefined) this.#sink.message(header, this.#gatherer.take());
  }

  control(header: MessageHeader): void {
    this.#sink.control(header);
  }
}
