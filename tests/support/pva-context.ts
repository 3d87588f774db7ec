import { DecodeContext } from "../../server/pva/data/decode-context.ts";
import { TypeRegistry } from "../../server/pva/data/type-registry.ts";
import { ByteReader } from "../../server/pva/wire/byte-reader.ts";

/** A context over these bytes, with a registry of its own unless given one. */
export function contextOf(
  payload: Uint8Array,
  bigEndian = false,
  registry = new TypeRegistry(),
): DecodeContext {
  return new DecodeContext(new ByteReader(payload, bigEndian), registry);
}
