import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ServerMessage } from "../message/server-message.ts";

/** A broken server may say the same with every update: so many lines a minute tell as much. */
const MOST_A_MINUTE = 10;
const MINUTE_MS = 60_000;
/** Characters of a remark that are logged. */
const LONGEST_TEXT = 500;

/** Logs what one server remarks (command 18), as far as it helps anybody. */
export class Remarks {
  readonly #server: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #since = -Infinity;
  #logged = 0;

  constructor(server: string, clock: Clock, log: Log) {
    this.#server = server;
    this.#clock = clock;
    this.#log = log;
  }

  say({ severity, text }: ServerMessage): void {
    const now = this.#clock.now();
    if (now - this.#since >= MINUTE_MS) {
      this.#since = now;
      this.#logged = 0;
    }
    if (++this.#logged > MOST_A_MINUTE) return;
    const level = severity === "info" ? "debug" : "warning";
    this.#log[level]("{server} says: {text}", { server: this.#server, text: text.slice(0, LONGEST_TEXT) });
  }
}
