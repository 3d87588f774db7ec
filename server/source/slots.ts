import { MemoryBudget } from "./memory-budget.ts";

/** Slots of one source: one being filled, the newest frame, one being read. */
const SLOTS = 3;
/** A slot gives memory back when nothing in this many fills needed half of it. */
const SHRINK_AFTER = 64;

/** A frame's hold on its pixels was used after its end, or given up twice: a mistake of this program, not of a peer. */
export class FrameLifeError extends Error {
  override readonly name = "FrameLifeError";
  readonly code = "frame-life";
}

/**
 * Shared memory for the pixels of one source, so that workers read frames where the socket put them.
 *
 *     free ──acquire──▶ filling ──publish──▶ newest ──next publish──▶ still read ──last release──▶ free
 *       ▲                  │                    │  (holds ≥ 1)          (holds ≥ 1)                  ▲
 *       └────abandon───────┘                    └── nobody else reads it and no slot is free: refilled at once
 *
 * A slot is filled only while nobody holds it, so what a holder sees never changes. Slots grow with the frames, and
 * shrink when the frames have been smaller for a while; a hold on an old frame keeps its own memory. Before a slot grows
 * the budget is asked, which all sources share: where it has no more, two slots or one must do.
 */
export class Slots {
  readonly #slots: Slot[];
  readonly #sizes = new RecentSizes();
  #newest: Hold | undefined;
  #starved = false;

  /** @param budget asked for all memory; without one there is no limit */
  constructor(budget: MemoryBudget = new MemoryBudget(Infinity)) {
    this.#slots = Array.from({ length: SLOTS }, () => new Slot(budget));
  }

  /** Whether the last `acquire` gave no place because memory is short, and no later one will before that changes. */
  get starved(): boolean {
    return this.#starved;
  }

  /** The hold on the newest published pixels; undefined before the first, and while its slot is being refilled. */
  get newest(): Hold | undefined {
    return this.#newest;
  }

  /** Bytes of shared memory that the slots have now. */
  get capacity(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.capacity, 0);
  }

  /**
   * A place for `byteLength` bytes, to be handed back with `publish` or `abandon`; its old contents are arbitrary.
   * Takes a free slot, else the newest frame's if only the source holds it. Undefined when every slot is being read or
   * filled, or memory is short.
   */
  acquire(byteLength: number): Uint8Array<SharedArrayBuffer> | undefined {
    this.#starved = false;
    if (!this.#slots.some((slot) => slot.free) && !this.#giveUpUnread()) return undefined;
    this.#sizes.note(byteLength);
    for (const each of this.#slots) each.shrinkBelow(2 * this.#sizes.peak);
    const grown = this.#slots.find((slot) => slot.free && slot.makeRoom(byteLength));
    const slot = grown ?? this.#newestIfRoomy(byteLength);
    this.#starved = slot === undefined && !this.#slots.some(({ capacity }) => capacity >= byteLength);
    return slot?.fill(byteLength);
  }

  /** Gives a place back whose bytes will not be a frame. A place that is not being filled is a FrameLifeError. */
  abandon(place: Uint8Array): void {
    this.#filling(place).settle();
  }

  /** Makes a filled place the newest frame, held by these slots until the next one, and gives up the one before. */
  publish(place: Uint8Array): Hold {
    const slot = this.#filling(place);
    slot.settle();
    const previous = this.#newest;
    this.#newest = new Hold(slot);
    previous?.release();
    return this.#newest;
  }

  /** Gives up the newest frame, and all memory as soon as nobody uses it. Holds of others stay valid. */
  close(): void {
    this.#giveUpNewest();
    for (const slot of this.#slots) slot.retire();
  }

  #filling(place: Uint8Array): Slot {
    const slot = this.#slots.find((candidate) => candidate.isFilling(place));
    if (slot === undefined)
      throw new FrameLifeError("This place was not acquired, or has been handed back already.");
    return slot;
  }

  #giveUpNewest(): void {
    this.#newest?.release();
    this.#newest = undefined;
  }

  /** Gives up the newest frame if nobody reads it. */
  #giveUpUnread(): boolean {
    if (this.#newest?.holders !== 1) return false;
    this.#giveUpNewest();
    return true;
  }

  /** Memory is short: the slot of the newest frame, if it is large enough and nobody reads it. */
  #newestIfRoomy(byteLength: number): Slot | undefined {
    const slot = this.#slots.find((candidate) => candidate.isHeldBy(this.#newest));
    if (slot === undefined || slot.capacity < byteLength || !this.#giveUpUnread()) return undefined;
    return slot;
  }
}

/** Counts who needs one frame's pixels; when the last lets go, the slot is free for another frame. */
export class Hold {
  readonly #slot: Slot;
  #holders = 1;

  /** @param slot the slot that the frame lies in; held once from here on */
  constructor(slot: Slot) {
    this.#slot = slot;
    slot.hold(this);
  }

  get holders(): number {
    return this.#holders;
  }

  /** One holder more. Throws a FrameLifeError when there was none left. */
  retain(): void {
    if (this.#holders === 0)
      throw new FrameLifeError("A frame was retained after its last holder had released it.");
    this.#holders++;
  }

  /** One holder less. Throws a FrameLifeError when there was none left. */
  release(): void {
    if (this.#holders === 0)
      throw new FrameLifeError("A frame was released more often than it was retained.");
    this.#holders--;
    if (this.#holders === 0) this.#slot.letGo(this);
  }
}

/** One region of shared memory and who uses it: somebody filling it, a frame's holders, or nobody. */
class Slot {
  readonly #budget: MemoryBudget;
  #memory = new SharedArrayBuffer(0);
  #filling = false;
  #hold: Hold | undefined;
  #retired = false;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  get free(): boolean {
    return !this.#filling && this.#hold === undefined;
  }

  get capacity(): number {
    return this.#memory.byteLength;
  }

  /** Gives the memory back if nobody uses it and it is larger than that many bytes. */
  shrinkBelow(bytes: number): void {
    if (this.free && this.capacity > bytes) this.#drop();
  }

  /** Gives the memory back, now or when nobody uses it any more. */
  retire(): void {
    this.#retired = true;
    this.#dropIfRetired();
  }

  /**
   * Makes room for `byteLength` bytes, in new memory if there is too little; false if the budget, or the system, has not so
   * much left.
   */
  makeRoom(byteLength: number): boolean {
    const more = byteLength - this.capacity;
    if (more <= 0) return true;
    if (!this.#budget.take(more)) return false;
    try {
      this.#memory = new SharedArrayBuffer(byteLength);
      return true;
    } catch {
      this.#budget.giveBack(more);
      return false;
    }
  }

  /** To be called when there is room. */
  fill(byteLength: number): Uint8Array<SharedArrayBuffer> {
    this.#filling = true;
    return new Uint8Array(this.#memory, 0, byteLength);
  }

  isFilling(place: Uint8Array): boolean {
    return this.#filling && place.buffer === this.#memory;
  }

  settle(): void {
    this.#filling = false;
    this.#dropIfRetired();
  }

  isHeldBy(hold: Hold | undefined): boolean {
    return hold !== undefined && this.#hold === hold;
  }

  hold(hold: Hold): void {
    this.#hold = hold;
  }

  letGo(hold: Hold): void {
    if (this.#hold === hold) this.#hold = undefined;
    this.#dropIfRetired();
  }

  #dropIfRetired(): void {
    if (this.#retired && this.free) this.#drop();
  }

  #drop(): void {
    this.#budget.giveBack(this.capacity);
    this.#memory = new SharedArrayBuffer(0);
  }
}

/** The largest of the last 64 to 128 frame sizes; two windows, so that no list is kept. */
class RecentSizes {
  #before = Infinity;
  #current = 0;
  #count = 0;

  /** Bytes; Infinity until there is enough to judge by. */
  get peak(): number {
    return Math.max(this.#before, this.#current);
  }

  note(byteLength: number): void {
    this.#current = Math.max(this.#current, byteLength);
    this.#count++;
    if (this.#count < SHRINK_AFTER) return;
    this.#before = this.#current;
    this.#current = 0;
    this.#count = 0;
  }
}
