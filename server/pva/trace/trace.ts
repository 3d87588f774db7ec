import { asError } from "../errors.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { hexdump } from "../wire/hexdump.ts";
import { HEADER_BYTES, type MessageHeader } from "../wire/header.ts";
import { printable } from "../text/printable.ts";
import { timeText } from "../text/time-text.ts";
import type { Direction, StreamObserver, TrafficObserver } from "../client/traffic-observer.ts";
import { commandName } from "./command-name.ts";
import { Conversation } from "./conversation.ts";
import { cut } from "./field-text.ts";
import { messageLines } from "./message-lines.ts";
import { StreamTrace } from "./stream-trace.ts";

/** Bytes of one message or segment shown. */
const SHOWN_BYTES = 256;

/**
 * Tells what a client says and hears, one block of text a message or segment: what it is, its fields as the real decoders
 * read them, its first 256 bytes.
 *
 *     21:03:44.120 received from 10.0.0.7:5075 TCP: CREATE_CHANNEL, server, little-endian, whole, 9 bytes
 *       cid 1 X, sid 1, status ok
 *       00000000  ca 02 40 07 09 00 00 00  01 00 00 00 01 00 00 00  |..@.............|
 *       00000010  ff                                                |.|
 */
export class TrafficTrace implements TrafficObserver {
  readonly #write: (text: string) => void;
  readonly #wallTime: () => number;

  /** @param write takes a block of lines without the last line end; what it throws is swallowed */
  constructor(write: (text: string) => void, wallTime: () => number = () => Date.now()) {
    this.#write = write;
    this.#wallTime = wallTime;
  }

  connection(server: string): StreamObserver {
    const conversation = new Conversation();
    const streams = {
      sent: this.#stream("sent", server, conversation),
      received: this.#stream("received", server, conversation),
    };
    return (direction, bytes) => {
      try {
        streams[direction].push(bytes);
      } catch {
        // a fault in looking on is no fault of the connection's
      }
    };
  }

  datagram(direction: Direction, peer: string, bytes: Uint8Array): void {
    try {
      for (const { header, payload } of decodeDatagram(bytes)) {
        const start = payload.byteOffset - bytes.byteOffset - HEADER_BYTES;
        const message = bytes.subarray(start, start + HEADER_BYTES + payload.length);
        const title = `${headOf(direction, peer, "UDP")}: ${titleOf(header)}`;
        this.#tell(title, messageLines(header, payload, new Conversation()), message);
      }
    } catch (error) {
      const why = printable(asError(error).message);
      this.#tell(headOf(direction, peer, "UDP"), [`cannot be read: ${why}`], bytes);
    }
  }

  #stream(direction: Direction, server: string, conversation: Conversation): StreamTrace {
    const head = headOf(direction, server, "TCP");
    return new StreamTrace({
      segment: (header, bytes, message) => {
        const lines = message === undefined ? [] : messageLines(header, message, conversation);
        this.#tell(`${head}: ${titleOf(header)}`, lines, bytes);
      },
      lost: (error, bytes) => {
        const why = error === undefined ? "longer than anything followed here" : error.message;
        this.#tell(head, [`not followed any further: ${printable(why)}`], bytes);
      },
    });
  }

  #tell(title: string, lines: readonly string[], bytes: Uint8Array): void {
    const dump = hexdump(bytes, { to: SHOWN_BYTES }).split("\n");
    const more = bytes.length > SHOWN_BYTES ? [`… ${bytes.length} bytes`] : [];
    const time = timeText(this.#wallTime()).slice("2026-01-31 ".length);
    const below = [...lines.map(cut), ...dump, ...more].map((line) => `  ${line}`);
    try {
      this.#write([`${time} ${title}`, ...below].join("\n"));
    } catch {
      // nobody is left who reads it: the client goes on
    }
  }
}

function headOf(direction: Direction, peer: string, transport: string): string {
  return `${direction} ${direction === "sent" ? "to" : "from"} ${printable(peer)} ${transport}`;
}

function titleOf(header: MessageHeader): string {
  const { fromServer, bigEndian, control, segment, length, version } = header;
  const words = [
    commandName(header),
    `version ${version}`,
    fromServer ? "server" : "client",
    bigEndian ? "big-endian" : "little-endian",
    control ? `data ${length}` : `${segment === "whole" ? "whole" : `${segment} segment`}, ${length} bytes`,
  ];
  return words.join(", ");
}
