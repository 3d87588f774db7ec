import type { StructureValue } from "../pva/index.ts";
import { dimensionSizes } from "./from-ndarray.ts";

/**
 * Supplies `dimension` where the updates leave it out. The first update of a core-pva server may be a mere delta, in
 * which case the sizes, which do not change, never come; one GET asks for them.
 */
export class MissingDimension {
  readonly #read: () => Promise<StructureValue>;
  #answer: StructureValue | undefined;
  #asked = false;
  #asking = false;

  /** @param read gets the PV's present value, with `dimension` and `attribute` at least */
  constructor(read: () => Promise<StructureValue>) {
    this.#read = read;
  }

  /** A new connection: what another server said does not count, and may be asked for again. */
  restart(): void {
    this.#answer = undefined;
    this.#asked = false;
  }

  /**
   * The structure to read an image's shape from: `value` itself where it has dimensions, else what the GET answered.
   * Undefined while the answer is under way; without an answer, `value` as it is.
   */
  complete(value: StructureValue): StructureValue | undefined {
    if (dimensionSizes(value).length > 0) return value;
    if (!this.#asked) void this.#ask();
    return this.#asking ? undefined : (this.#answer ?? value);
  }

  async #ask(): Promise<void> {
    this.#asked = true;
    this.#asking = true;
    try {
      this.#answer = await this.#read();
    } catch {
      // The image will be refused for its missing dimensions, which tells people more than a failed GET.
    } finally {
      this.#asking = false;
    }
  }
}
