import type { Visit } from "./access-visit.ts";
import { closeRefused } from "./close-reason.ts";
import { Refusal, refusalFrom } from "./refusal.ts";
import type { Socket, SocketHandlers } from "./socket.ts";
import type { Log } from "../log.ts";

/**
 * A socket that has a place of its own among the viewers, whatever is watched on it, and is closed with 4401 when the
 * token that let it in is taken back. Closed at once where there is no place.
 */
export class PlacedSocket implements SocketHandlers {
  readonly #visit: Visit;
  readonly #handlers: SocketHandlers;
  readonly #log: Log;
  /** undefined: there is no place, so the handlers have not been told of the socket. */
  #leave: (() => void) | undefined;

  /** @param handlers what the socket's events go to */
  constructor(visit: Visit, handlers: SocketHandlers, log: Log) {
    this.#visit = visit;
    this.#handlers = handlers;
    this.#log = log;
  }

  open(socket: Socket): void {
    try {
      this.#leave = this.#visit.takePlace(() => {
        const message = "The token that was given does not hold any more.";
        closeRefused(socket, new Refusal("unauthorized", message));
      });
    } catch (error) {
      closeRefused(socket, refusalFrom(error, this.#log));
      return;
    }
    this.#handlers.open(socket);
  }

  message(data: string | Uint8Array): void {
    if (this.#leave !== undefined) this.#handlers.message(data);
  }

  pong(): void {
    if (this.#leave !== undefined) this.#handlers.pong();
  }

  drain(): void {
    if (this.#leave !== undefined) this.#handlers.drain();
  }

  close(): void {
    if (this.#leave === undefined) return;
    this.#leave();
    this.#handlers.close();
  }
}
