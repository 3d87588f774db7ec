import type { StructureValue } from "../pva/index.ts";
import { dimensionSizes } from "./from-ndarray.ts";

/**
 * Supplies `dimension` where the updates leave it out. The first update of a core-pva server may be a mere delta, in
 * which case the sizes, which do not change, never come; one GET asks for them.
 */
export class MissingDimension {
  readonly #read: () => Promise<StructureValue>;
  #enquiry: Enquiry | undefined;

  /** @param read gets the PV's present value, with `dimension` and `attribute` at least */
  constructor(read: () => Promise<StructureValue>) {
    this.#read = read;
  }

  /** A new connection: what another server said does not count, and may be asked for again. */
  restart(): void {
    this.#enquiry = undefined;
  }

  /**
   * The structure to read an image's shape from: `value` itself where it has dimensions, else what the GET answered.
   * Undefined while the answer is under way; without an answer, `value` as it is.
   */
  complete(value: StructureValue): StructureValue | undefined {
    if (dimensionSizes(value).length > 0) return value;
    this.#enquiry ??= this.#ask();
    return this.#enquiry.over ? (this.#enquiry.answer ?? value) : undefined;
  }

  #ask(): Enquiry {
    const enquiry: Enquiry = { over: false, answer: undefined };
    const over = (answer?: StructureValue): void => void Object.assign(enquiry, { over: true, answer });
    // Without an answer the image is refused for its missing dimensions, which tells people more than a failed GET.
    void this.#read().then(over, () => over());
    return enquiry;
  }
}

/** One GET: its answer, if any, once it is over. */
interface Enquiry {
  over: boolean;
  answer: StructureValue | undefined;
}
