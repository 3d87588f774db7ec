import type { DecodeContext } from "../data/decode-context.ts";
import { decodeAny } from "../data/decode-value.ts";
import { encodeAny } from "../data/encode-value.ts";
import type { AnyValue } from "../data/value.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";

/** Command 5, both ways: data of an authentication method that needs several rounds. Neither "ca" nor "anonymous" does. */
export function encodeAuthNz(writer: ByteWriter, data: AnyValue): void {
  encodeAny(writer, data);
}

export function decodeAuthNz(context: DecodeContext): AnyValue {
  return decodeAny(context);
}
