import { Command } from "../wire/commands.ts";
import type { FrameSink } from "../wire/framer.ts";
import type { MessageHeader } from "../wire/header.ts";
import { MessageAssembler, type MessageSink } from "../wire/message-assembler.ts";
import type { MonitorStream } from "./monitor-stream.ts";

/** Sends MONITOR messages to the stream that lets arrays pass, everything else to be gathered whole. */
export class Receiver implements FrameSink {
  readonly #monitors: MonitorStream;
  readonly #assembler: MessageAssembler;
  #streaming = false;
  /** Application messages that have come to their end. */
  messages = 0;
  /** Control messages. */
  controls = 0;

  constructor(monitors: MonitorStream, sink: MessageSink) {
    this.#monitors = monitors;
    this.#assembler = new MessageAssembler(sink);
  }

  begin(header: MessageHeader): void {
    this.#streaming = header.command === Command.MONITOR;
    (this.#streaming ? this.#monitors : this.#assembler).begin(header);
  }

  payload(bytes: Uint8Array): void {
    (this.#streaming ? this.#monitors : this.#assembler).payload(bytes);
  }

  end(): void {
    this.messages++;
    (this.#streaming ? this.#monitors : this.#assembler).end();
  }

  control(header: MessageHeader): void {
    this.controls++;
    this.#assembler.control(header);
  }
}
