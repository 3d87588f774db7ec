import { buildStructure, type Plain } from "../data/build-value.ts";
import { structure, type StructureDescription } from "../data/type-description.ts";
import { StructureValue } from "../data/value.ts";
import { BitSet } from "../wire/bit-set.ts";
import { leavesOf, leavesOfBits } from "./field-bits.ts";

/** Hears of every post of a PV it watches. */
export interface PvListener {
  /** The PV has a newer value; these fields (leaves only) were written, changed or not. */
  posted(written: BitSet): void;
}

/**
 * Takes what a client writes. Done when it returns or its promise resolves; what it throws is the client's answer.
 * @param value the PV's newest value with the client's fields put in; the others may have been posted anew meanwhile
 * @param changed the fields the client sent, as bits: structures stand for all below them
 */
export type PutHandler = (value: StructureValue, changed: BitSet) => void | Promise<void>;

/** Answers a call; what it throws is the client's answer too. */
export type CallHandler = (argument: StructureValue) => StructureValue | Promise<StructureValue>;

/** What a server hosts under a name. */
export interface Pv {
  readonly type: StructureDescription;
  /** The value as last posted; undefined before the first post. Never written again once it is given out. */
  readonly newest: StructureValue | undefined;
  /** Whoever watches wants values to be posted. Returns the function that ends it; ending twice is harmless. */
  watch(listener: PvListener): () => void;
  /** Left out: clients may not write. */
  readonly onPut?: PutHandler | undefined;
  /** Left out: there is nothing to call. */
  readonly onCall?: CallHandler | undefined;
}

/** What happens around a SharedPv. */
export interface SharedPvOptions {
  readonly initial?: Plain;
  /** The first watcher came: start to work. */
  readonly firstWatcher?: () => void;
  /** The last watcher left: work no more. */
  readonly lastWatcher?: () => void;
  /** A client writes; left out, it is refused. Nothing is posted by itself: `(value, changed) => pv.post(value, changed)`. */
  readonly onPut?: PutHandler;
  /** A client calls; left out, it is refused. */
  readonly onCall?: CallHandler;
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

  get onPut(): PutHandler | undefined {
    return this.#options.onPut;
  }

  get onCall(): CallHandler | undefined {
    return this.#options.onCall;
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
   * @param written dotted names of the fields written, or their bits; all if left out. Throws `bad-value` for names not in
   * the type.
   */
  post(value: Plain, written: readonly string[] | BitSet = [""]): void {
    this.#newest = buildStructure(this.type, value);
    const bits = written instanceof BitSet ? leavesOfBits(this.type, written) : leavesOf(this.type, written);
    for (const listener of [...this.#listeners]) listener.posted(bits);
  }

  /** Forgets the value: GETs and new monitors wait for the next post. */
  forget(): void {
    this.#newest = undefined;
  }
}

const NOTHING = structure("", []);

/**
 * A PV that is nothing but a call, like a function: it has no value, and GETs find an empty structure.
 * @example const add = new RpcPv((argument) => buildStructure(ntScalar("int"), { value: 2 }));
 */
export class RpcPv implements Pv {
  readonly type = NOTHING;
  readonly newest = new StructureValue(NOTHING, []);
  readonly onCall: CallHandler;

  constructor(onCall: CallHandler) {
    this.onCall = onCall;
  }

  watch(): () => void {
    return () => undefined;
  }
}
