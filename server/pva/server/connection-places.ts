import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_HOST } from "./limits.ts";

/** The places for clients: bounded in all, and for each host, so that one gone wild leaves room for the others. */
export class ConnectionPlaces {
  readonly #takenBy = new Map<string, number>();
  #taken = 0;

  /** Takes a place for a client on this host; false where there is none for it. */
  take(host: string): boolean {
    const ofHost = this.#takenBy.get(host) ?? 0;
    if (this.#taken >= MAX_CONNECTIONS || ofHost >= MAX_CONNECTIONS_PER_HOST) return false;
    this.#takenBy.set(host, ofHost + 1);
    this.#taken++;
    return true;
  }

  /** Gives back a place that was taken. */
  free(host: string): void {
    const left = (this.#takenBy.get(host) ?? 0) - 1;
    if (left > 0) this.#takenBy.set(host, left);
    else this.#takenBy.delete(host);
    this.#taken--;
  }
}
