import type { LossName } from "./statistics.ts";
import type { ViewerReport } from "./status.ts";

/** A viewer's place, whatever its pictures are. */
export interface Seat {
  readonly viewer: { readonly report: ViewerReport; close(): void };
  readonly mailbox: { lost(name: LossName): void; refuse(error: unknown): void };
}

/** Everybody who watches a stream, or waits for a first picture of it. */
export class Seats {
  readonly #seats = new Set<Seat>();

  get count(): number {
    return this.#seats.size;
  }

  /** What each of them had so far, in the order in which they came. */
  get reports(): ViewerReport[] {
    return [...this.#seats].map(({ viewer }) => viewer.report);
  }

  take(seat: Seat): void {
    this.#seats.add(seat);
  }

  leave(seat: Seat): void {
    this.#seats.delete(seat);
  }

  /** A frame came that nobody could have. */
  lost(name: LossName): void {
    for (const { mailbox } of this.#seats) mailbox.lost(name);
  }

  /** Those who wait for a first picture wait in vain. */
  refuse(error: unknown): void {
    for (const { mailbox } of this.#seats) mailbox.refuse(error);
  }

  /** Ends them all; each leaves its seat by itself. */
  close(): void {
    for (const { viewer } of this.#seats) viewer.close();
  }
}
