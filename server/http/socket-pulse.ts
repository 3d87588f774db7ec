import type { Clock } from "../clock.ts";
import type { Socket } from "./socket.ts";

/** Between two pings, milliseconds. Proxies take a connection that says nothing for a minute for dead: this keeps it too. */
const PING_EVERY_MS = 5_000;
/** A client that has given no sign for so long is gone. */
const GONE_AFTER_MS = 30_000;

/**
 * Ends sockets whose clients have vanished or read nothing any more, as the idle timeout ends those of streams over
 * HTTP: in half a minute. A sign of life is whatever only a client that reads can give: an answer to a ping, a message,
 * room in a full socket. Bun's own timeout is not enough: it is wound up by what the server sends.
 */
export class SocketPulse {
  readonly #socket: Socket;
  readonly #clock: Clock;
  #heardAt: number;
  #cancel: () => void;

  /** Begins to ping. */
  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#heardAt = clock.now();
    this.#cancel = clock.after(PING_EVERY_MS, () => this.#check());
  }

  /** The client has given a sign of life. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  /** To be called when the socket is closed. */
  stop(): void {
    this.#cancel();
  }

  #check(): void {
    if (this.#clock.now() - this.#heardAt >= GONE_AFTER_MS) {
      this.#socket.terminate();
      return;
    }
    this.#socket.ping();
    this.#cancel = this.#clock.after(PING_EVERY_MS, () => this.#check());
  }
}
