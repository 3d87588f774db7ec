import type { JobOutcome } from "./frame-feed.ts";
import { noDrops, type Drops, type LossName } from "./statistics.ts";

/** Counters of frames by their end. */
interface FrameCounts {
  framesIn: number;
  framesEncoded: number;
  readonly drops: Drops;
}

/** What is known of a frame whose end is not. */
interface Entry {
  /** Reasons to wait: being the newest frame, and each job under way. */
  open: number;
  encoded: boolean;
  failed: boolean;
  /** Under which name it goes if nobody encodes it. */
  loss: LossName;
}

/**
 * Follows each frame of a stream to its end, so that it is counted exactly once: encoded by at least one rendition, or
 * lost under one name. A frame's end is known when a newer one has come and no job on it is under way.
 *
 *     arrived ──newer one came──┐
 *             ──begin──end──────┴─→ encoded | failed | the name under which it was superseded
 */
export class FrameLedger {
  /** Lost frames by name. */
  readonly drops: Drops = noDrops();
  readonly #totals: FrameCounts;
  readonly #entries = new Map<number, Entry>();
  #newest: number | undefined;
  #arrived = 0;
  #encoded = 0;

  /** @param totals counts the same for all streams */
  constructor(totals: FrameCounts) {
    this.#totals = totals;
  }

  /** Frames that came in, good or not. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Frames that at least one rendition has encoded and whose end is known. */
  get encoded(): number {
    return this.#encoded;
  }

  /** Frames whose end is not known yet. */
  get open(): number {
    return this.#entries.size;
  }

  /** Frame `sequence` is the newest now, and `loss` is what becomes of the one before if nobody encodes it. */
  arrive(sequence: number, loss: LossName): void {
    this.retire(loss);
    this.#came();
    this.#newest = sequence;
    this.#entries.set(sequence, { open: 1, encoded: false, failed: false, loss: "skipped" });
  }

  /** A frame came whose end is known at once: it was damaged, or there was no memory for it. */
  arriveLost(loss: LossName): void {
    this.#came();
    this.#lost(loss);
  }

  /** So many frames never came. */
  missed(count: number): void {
    this.#lost("overrun", count);
  }

  /** The newest frame is wanted no more; nothing happens if there is none. */
  retire(loss: LossName): void {
    const entry = this.#newest === undefined ? undefined : this.#entries.get(this.#newest);
    if (this.#newest === undefined || entry === undefined) return;
    entry.loss = loss;
    this.#close(this.#newest, entry);
    this.#newest = undefined;
  }

  /** A job on the newest frame begins. */
  begin(sequence: number): void {
    const entry = this.#entries.get(sequence);
    if (entry !== undefined) entry.open++;
  }

  /** A job that began has ended. */
  end(sequence: number, outcome: JobOutcome): void {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return;
    if (outcome !== "again") entry[outcome] = true;
    this.#close(sequence, entry);
  }

  #close(sequence: number, entry: Entry): void {
    entry.open--;
    if (entry.open > 0) return;
    this.#entries.delete(sequence);
    if (entry.encoded) this.#shown();
    else this.#lost(entry.failed ? "failed" : entry.loss);
  }

  #came(): void {
    this.#arrived++;
    this.#totals.framesIn++;
  }

  #shown(): void {
    this.#encoded++;
    this.#totals.framesEncoded++;
  }

  #lost(name: LossName, count = 1): void {
    this.drops[name] += count;
    this.#totals.drops[name] += count;
  }
}
