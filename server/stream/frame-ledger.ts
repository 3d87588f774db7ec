import { noDrops, type Drops, type LossName } from "./statistics.ts";

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
  readonly #entries = new Map<number, Entry>();
  #newest: number | undefined;
  #arrived = 0;
  #encoded = 0;

  /** Frames that came in. */
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
    this.#arrived++;
    this.#newest = sequence;
    this.#entries.set(sequence, { open: 1, encoded: false, failed: false, loss: "skipped" });
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
  end(sequence: number, outcome: "encoded" | "failed"): void {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return;
    entry[outcome] = true;
    this.#close(sequence, entry);
  }

  #close(sequence: number, entry: Entry): void {
    entry.open--;
    if (entry.open > 0) return;
    this.#entries.delete(sequence);
    if (entry.encoded) this.#encoded++;
    else this.drops[entry.failed ? "failed" : entry.loss]++;
  }
}
