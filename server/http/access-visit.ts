import type { Client } from "./access-client.ts";
import type { Places } from "./access-places.ts";
import type { Token } from "./access-tokens.ts";
import { Refusal } from "./refusal.ts";

/** One request that was let in, and on whose behalf. */
export class Visit {
  readonly client: Client;
  /** Who watches, by the token file; undefined where no token is needed. */
  readonly who: string | undefined;
  readonly #token: Token | undefined;
  readonly #places: Places;

  constructor(client: Client, token: Token | undefined, places: Places) {
    this.client = client;
    this.who = token?.name;
    this.#token = token;
    this.#places = places;
  }

  /**
   * Takes a place among the viewers, for as long as something is watched or waited for.
   * @param evict called when the token that let this visit in does not hold any more: what is watched must end
   * @returns gives the place back; to be called in any case, calling it twice is harmless
   * @throws Refusal `too-many-viewers`, `too-many-viewers-of-address`, `unauthorized`
   */
  takePlace(evict: () => void): () => void {
    if (this.#token?.revoked === true)
      throw new Refusal("unauthorized", "The token that was given does not hold any more.");
    const leave = this.#places.take(this.client.address);
    const forget = this.#token?.onRevoked(evict);
    return () => {
      forget?.();
      leave();
    };
  }

  /**
   * The same, for something that `signal` ends.
   * @returns `ending` aborts with `signal` and when the token does not hold any more; `leave` gives the place back
   */
  takePlaceUntil(signal: AbortSignal): { readonly ending: AbortSignal; readonly leave: () => void } {
    const ending = new AbortController();
    const leave = this.takePlace(() => ending.abort());
    if (signal.aborted) ending.abort(signal.reason);
    signal.addEventListener("abort", () => ending.abort(signal.reason), { once: true });
    return { ending: ending.signal, leave };
  }
}
