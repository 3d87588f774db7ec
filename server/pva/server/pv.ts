import { buildStructure, type Plain } from "../data/build-value.ts";
import type { StructureDescription } from "../data/type-description.ts";
import type { StructureValue } from "../data/value.ts";
import { BitSet } from "../wire/bit-set.ts";
import { leavesOf } from "./field-bits.ts";

/** Hears of every post of a PV it watches. */
export interface PvListener {
  /** The PV has a newer value; these fields (leaves only) were written, changed or not. */
  posted(written: BitSet): void;
}

/** What a server hosts under a name. */
export interface Pv {
  readonly type: StructureDescription;
  /** The value as last posted; undefined before the first post. Never written again once it is given out. */
  readonly newest: StructureValue | undefined;
  /** Whoever watches wants values to be posted. Returns the function that ends it; ending twice is harmless. */
  watch(listener: PvListener): () => void;
}

/** What happens around a SharedPv. */
export interface SharedPvOptions {
  readonly initial?: Plain;
  /** The first watcher came: start to work. */
  readonly firstWatcher?: () => void;
  /** The last watcher left: work no more. */
  readonly lastWatcher?: () => void;
}

/**
 * A PV with a value its owner posts, given to all who watch.
 * @example const pv = new SharedPv(ntScalar("int"), { initial: { value: 1 } }); pv.post({ value: 2 }, ["value"]);
 */
export class SharedPv implements Pv {
  readonly type: StructureDescription;
  readonly #options: SharedPvOptions;
  readonly #listeners = new Set<PvListener>();
  #newest: StructureValue | undefined;

  /** Throws `bad-value` where the initial value does not fit the type. */
  constructor(type: StructureDescription, options: SharedPvOptions = {}) {
    this.type = type;
    this.#options = options;
    if (options.initial !== undefined) this.#newest = buildStructure(type, options.initial);
  }

  get newest(): StructureValue | undefined {
    return this.#newest;
  }

  /** How many watch. */
  get watchers(): number {
    return this.#listeners.size;
  }

  watch(listener: PvListener): () => void {
    // A key of its own: the same listener may watch twice.
    const entry: PvListener = { posted: (written) => listener.posted(written) };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#options.firstWatcher?.();
    return () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.#options.lastWatcher?.();
    };
  }

  /**
   * Gives the PV a new value. Arrays in it belong to the PV from now on: they must not change again, since they are
   * sent from where they lie.
   * @param value the whole value; members left out get their defaults
   * @param written dotted names of the fields written; all if left out. Throws `bad-value` for names not in the type.
   */
  post(value: Plain, written?: readonly string[]): void {
    this.#newest = buildStructure(this.type, value);
    const bits = leavesOf(this.type, written ?? [""]);
    for (const listener of [...this.#listeners]) listener.posted(bits);
  }

  /** Forgets the value: GETs and new monitors wait for the next post. */
  forget(): void {
    this.#newest = undefined;
  }
}
