import type { Clock } from "../clock.ts";
import { bucketOf } from "./access-client.ts";

/** Wrong tries that an address has at once. */
const TRIES = 10;
/** It gets one back in this time, milliseconds. */
const REGAIN_MS = 6000;
/** Addresses remembered; beyond it those are forgotten that have tried least lately. */
const MOST_ADDRESSES = 10_000;

interface Tries {
  /** Wrong tries less those regained, as of `at`. */
  readonly level: number;
  readonly at: number;
}

/**
 * Slows down whoever guesses: ten wrong tries at once, then one in six seconds. So a token of 16 characters is safe for
 * longer than anybody watches a camera, and whoever mistyped waits a moment.
 */
export class Lockout {
  readonly #clock: Clock;
  /** By address, in the order of the last try. */
  readonly #tries = new Map<string, Tries>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until this address may try again; 0: now. */
  waitOf(address: string): number {
    const level = this.#level(bucketOf(address));
    return level <= TRIES - 1 ? 0 : Math.ceil(((level - (TRIES - 1)) * REGAIN_MS) / 1000);
  }

  /** Notes a wrong try; true if it is the one that locks the address out. */
  note(address: string): boolean {
    const bucket = bucketOf(address);
    const level = this.#level(bucket) + 1;
    this.#tries.delete(bucket);
    this.#tries.set(bucket, { level, at: this.#clock.now() });
    if (this.#tries.size > MOST_ADDRESSES) {
      for (const oldest of this.#tries.keys()) {
        this.#tries.delete(oldest);
        break;
      }
    }
    return level > TRIES - 1 && level - 1 <= TRIES - 1;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#tries.size;
  }

  #level(bucket: string): number {
    const tries = this.#tries.get(bucket);
    if (tries === undefined) return 0;
    return Math.max(0, tries.level - (this.#clock.now() - tries.at) / REGAIN_MS);
  }
}
