/** The numbers that go through one door for binary messages: each stands for one way of showing one PV, while it is shown. */
export class StreamNumbers {
  readonly #used = new Map<string, { readonly number: number; users: number }>();
  #last = 0;

  /**
   * The number of what `key` names, the same for all who take it until the last of them has given it back; after that
   * it never comes again (before 2³² others did). To be given back once for each time it was taken.
   */
  take(key: string): number {
    const used = this.#used.get(key) ?? { number: this.fresh(), users: 0 };
    used.users++;
    this.#used.set(key, used);
    return used.number;
  }

  giveBack(key: string): void {
    const used = this.#used.get(key);
    if (used === undefined) return;
    used.users--;
    if (used.users === 0) this.#used.delete(key);
  }

  /** A number that nobody else gets. */
  fresh(): number {
    this.#last = (this.#last + 1) >>> 0;
    return this.#last;
  }

  /** How many numbers are taken, those that `fresh` gave apart. */
  get size(): number {
    return this.#used.size;
  }
}
