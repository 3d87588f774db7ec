import { MAX_OBJECTS_PER_MESSAGE } from "../limits.ts";
import type { ByteReader } from "../wire/byte-reader.ts";
import type { TypeRegistry } from "./type-registry.ts";

/** What decoding types and values of one message needs: the bytes, the connection's registry, and a budget. */
export class DecodeContext {
  readonly reader: ByteReader;
  readonly registry: TypeRegistry;
  #objectsLeft = MAX_OBJECTS_PER_MESSAGE;

  constructor(reader: ByteReader, registry: TypeRegistry) {
    this.reader = reader;
    this.registry = registry;
  }

  /** Takes JavaScript objects about to be made from the message's budget; throws `limit`. */
  spendObjects(count: number): void {
    if (count > this.#objectsLeft)
      throw this.reader.fault("limit", "too many parts in one message", {
        need: count,
        have: this.#objectsLeft,
      });
    this.#objectsLeft -= count;
  }
}
