import { ByteWriter } from "../wire/byte-writer.ts";
import { TypeCode } from "./decode-type.ts";
import type { TypeDescription } from "./type-description.ts";

/** Largest id a registry of the size every peer announces can hold. */
const MAX_ID = 0x7fff;

/** The ids a sender has given to types on one connection, counted from 1 and never given twice. */
export class TypeIds {
  readonly #ids = new Map<TypeDescription, number>();

  /** The id of this very type; undefined where it has none yet. */
  known(type: TypeDescription): number | undefined {
    return this.#ids.get(type);
  }

  /** A new id for the type; undefined where there is none left. */
  define(type: TypeDescription): number | undefined {
    const id = this.#ids.size + 1;
    if (id > MAX_ID) return undefined;
    this.#ids.set(type, id);
    return id;
  }
}

/**
 * A writer of types as the old C++ stack writes them: each structure or union once, under an id (FD), and by that id (FE)
 * from then on, at any depth (pvDataCPP serialize.cpp). What it writes must be sent, and in the order it was written.
 */
export class ReferringWriter extends ByteWriter {
  readonly #ids: TypeIds;

  /** @param ids of the connection that this is sent on */
  constructor(bigEndian: boolean, ids: TypeIds) {
    super(bigEndian);
    this.#ids = ids;
  }

  /** Writes a reference and returns true; or returns false: the description has to follow, now or after its new id. */
  refer(type: TypeDescription): boolean {
    if (type.kind !== "structure" && type.kind !== "union") return false;
    const known = this.#ids.known(type);
    if (known !== undefined) {
      this.u8(TypeCode.CACHED).u16(known);
      return true;
    }
    const id = this.#ids.define(type);
    if (id !== undefined) this.u8(TypeCode.DEFINE).u16(id);
    return false;
  }
}
