import { bucketOf } from "./access-client.ts";

/** Remembered at most; beyond it those are forgotten that were shown least lately. */
const MOST_SHOWN = 10_000;

/**
 * Sessions that addresses have shown, whether they held or not. One that is shown for the first time is a try, as a token
 * is: a session can be worked out of a guessed token. One that was shown before teaches its sender nothing, so a browser
 * may send an old cookie as often as it likes, and one that was in stays in while others guess from its address.
 */
export class ShownSessions {
  /** In the order in which they were shown last. */
  readonly #shown = new Set<string>();

  has(address: string, session: string): boolean {
    return this.#shown.has(keyOf(address, session));
  }

  note(address: string, session: string): void {
    const key = keyOf(address, session);
    this.#shown.delete(key);
    this.#shown.add(key);
    if (this.#shown.size <= MOST_SHOWN) return;
    for (const oldest of this.#shown) {
      this.#shown.delete(oldest);
      break;
    }
  }

  /** How many are remembered. */
  get size(): number {
    return this.#shown.size;
  }
}

function keyOf(address: string, session: string): string {
  return `${bucketOf(address)} ${session}`;
}
