/** How often each refusal was given since the start, by its code: for metrics. */
export class RefusalCounts {
  readonly #counts = new Map<string, number>();

  note(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** Codes that were given at least once. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
