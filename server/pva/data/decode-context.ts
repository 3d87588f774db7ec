import { PvaError } from "../errors.ts";
import { MAX_OBJECT_ELEMENTS } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** What decoding types and values of one message needs: the bytes, the connection's registry, and a budget. */
export class DecodeContext {
  readonly reader: ByteReader;
  readonly registry: TypeRegistry;
  #elementsLeft = MAX_OBJECT_ELEMENTS;

  constructor(reader: ByteReader, registry: TypeRegistry) {
    this.reader = reader;
    this.registry = registry;
  }

  /** Takes `count` array elements that become JavaScript objects from the message's budget; throws `limit`. */
  spendElements(count: number): void {
    if (count > this.#elementsLeft)
      throw new PvaError("limit", "too many array elements in one message", {
        need: count,
        have: this.#elementsLeft,
        offset: this.reader.offset,
      });
    this.#elementsLeft -= count;
  }
}
