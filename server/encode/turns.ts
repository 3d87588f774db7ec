/** Who is next when a worker is free. */
import type { Asker, Party } from "./encoder.ts";

/** A job that takes longer keeps from the others what a stream needs every 33 ms. */
const LONG_MS = 250;

/** Parties whose last turn is remembered when they do not wait. One that is forgotten counts as new. */
const REMEMBERED = 1000;

/** One who waits for a worker. */
export interface Turn {
  readonly task: () => void;
  /** Whether his job is expected to take long. */
  readonly long: boolean;
}

/** Those of a party who wait. */
interface Queue {
  /** Number of the last turn that the party had. */
  readonly last: number;
  readonly turns: Set<Turn>;
}

/**
 * The party whose last turn was longest ago is next, and in it who came first: a camera that is drawn in twenty ways, or
 * a hundred snapshots, have one turn a round, as the camera next to them that is drawn in one way.
 *
 *     CAM1 ─→ CAM2 ─→ snapshots ─→ CAM1 …
 *      r1      r1      s1 s2 …
 *      r2
 *
 * What counts is when the last turn was and not when the party asked again, for a stream asks only after its job, and a
 * crowd has asked already. Turns and not time: under overload all cameras lose frames together, whatever their jobs take.
 */
export class Turns {
  readonly #queues = new Map<Party | Turn, Queue>();
  /** Of each party, the number of its last turn; longest ago first. */
  readonly #last = new Map<Party, number>();
  #count = 0;

  /** How many parties wait. */
  get parties(): number {
    return this.#queues.size;
  }

  /** How many wait in all. */
  get waiting(): number {
    let sum = 0;
    for (const { turns } of this.#queues.values()) sum += turns.size;
    return sum;
  }

  /**
   * Somebody waits from now on. Without a party he is one himself, behind those who have waited longer.
   * @returns a function that withdraws him
   */
  add(task: () => void, { party, expectedMs }: Asker): () => void {
    const expected = expectedMs ?? (typeof party === "symbol" ? Infinity : 0);
    const turn: Turn = { task, long: expected > LONG_MS };
    const key = party ?? turn;
    const last = party === undefined ? this.#count : (this.#last.get(party) ?? 0);
    const { turns } = this.#queues.get(key) ?? this.#open(key, last);
    turns.add(turn);
    return () => {
      if (turns.delete(turn) && turns.size === 0) this.#queues.delete(key);
    };
  }

  /**
   * Whose turn it is; he waits no longer.
   * @param long whether the worker may be lent for long; else those who would are passed over
   */
  next(long: boolean): Turn | undefined {
    let first: { readonly key: Party | Turn; readonly queue: Queue; readonly turn: Turn } | undefined;
    for (const [key, queue] of this.#queues) {
      if (first !== undefined && queue.last >= first.queue.last) continue;
      const turn = firstOf(queue, long);
      if (turn !== undefined) first = { key, queue, turn };
    }
    if (first === undefined) return undefined;
    const { key, queue, turn } = first;
    queue.turns.delete(turn);
    this.#queues.delete(key);
    if (typeof key !== "object") this.#remember(key);
    if (queue.turns.size > 0) this.#queues.set(key, { ...queue, last: this.#count });
    return turn;
  }

  /** Forgets everybody. */
  clear(): void {
    this.#queues.clear();
    this.#last.clear();
  }

  #open(key: Party | Turn, last: number): Queue {
    const queue: Queue = { last, turns: new Set() };
    this.#queues.set(key, queue);
    return queue;
  }

  #remember(party: Party): void {
    this.#last.delete(party);
    this.#last.set(party, ++this.#count);
    for (const oldest of this.#last.keys()) {
      if (this.#last.size <= REMEMBERED) return;
      this.#last.delete(oldest);
    }
  }
}

function firstOf({ turns }: Queue, long: boolean): Turn | undefined {
  for (const turn of turns) if (long || !turn.long) return turn;
  return undefined;
}
