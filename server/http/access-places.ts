import { bucketOf } from "./access-client.ts";
import { Refusal } from "./refusal.ts";

/** How many may watch at once. */
export interface PlaceLimits {
  readonly maxViewers: number;
  readonly maxViewersPerAddress: number;
}

/** Counts who watches: streams, sockets, and snapshots that wait for a picture; by address too. */
export class Places {
  readonly #limits: PlaceLimits;
  readonly #byAddress = new Map<string, number>();
  #taken = 0;

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Places taken now. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * Takes one place for `address`, all of its IPv6 network together.
   * @returns gives the place back; calling it twice is harmless
   * @throws Refusal `too-many-viewers`, `too-many-viewers-of-address`
   */
  take(address: string): () => void {
    const { maxViewers, maxViewersPerAddress } = this.#limits;
    const bucket = bucketOf(address);
    const here = this.#byAddress.get(bucket) ?? 0;
    if (here >= maxViewersPerAddress) {
      const message = `${bucket} watches ${here} pictures already; one address may watch ${maxViewersPerAddress}. Close one first.`;
      throw new Refusal("too-many-viewers-of-address", message);
    }
    if (this.#taken >= maxViewers) {
      const message = `${this.#taken} viewers are here already, as many as this server takes. Try again later.`;
      throw new Refusal("too-many-viewers", message);
    }
    this.#taken++;
    this.#byAddress.set(bucket, here + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(bucket);
    };
  }

  #leave(bucket: string): void {
    this.#taken--;
    const here = this.#byAddress.get(bucket)! - 1;
    if (here === 0) this.#byAddress.delete(bucket);
    else this.#byAddress.set(bucket, here);
  }
}
