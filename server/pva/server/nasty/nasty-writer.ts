import { ReferringWriter, type TypeIds } from "../../data/referring-writer.ts";
import type { TypeDescription } from "../../data/type-description.ts";

/** Writes values as some servers do. */
export class NastyWriter extends ReferringWriter {
  readonly #options: { readonly references: boolean; readonly nullStrings: boolean };

  /** @param options `references` types by FD and FE (old C++); `nullStrings` an empty string as 0xFF (core-pva) */
  constructor(
    bigEndian: boolean,
    ids: TypeIds,
    options: { readonly references: boolean; readonly nullStrings: boolean },
  ) {
    super(bigEndian, ids);
    this.#options = options;
  }

  override refer(type: TypeDescription): boolean {
    return this.#options.references && super.refer(type);
  }

  override string(text: string): this {
    return text === "" && this.#options.nullStrings ? this.nullSize() : super.string(text);
  }
}
