/** Streams that decoders from outside unpack: zlib and zstd. What they may cost is bounded here before they see a byte. */
import type { Codec } from "./frame.ts";
import type { Inflaters } from "./inflaters.ts";
import { UnpackError } from "./unpack-error.ts";
import { zstdContentBytes } from "./zstd-header.ts";

/**
 * One stream of exactly `size` decoded bytes.
 *
 * @param offset of the stream in the payload, for errors
 * @throws UnpackError no-decoder, bad-stream, bad-header, too-long, too-short
 */
export function inflate(
  inflaters: Inflaters | undefined,
  kind: "zlib" | "zstd",
  codec: Codec,
  stream: Uint8Array,
  offset: number,
  size: number,
): Uint8Array {
  const decoder = inflaters?.[kind];
  if (decoder === undefined) {
    throw new UnpackError("no-decoder", codec, `no decoder for ${kind} was handed to the core`, { offset });
  }
  // zlib streams do not tell their size; a decoder that is given the size bounds itself.
  if (kind === "zstd") checkSize(zstdContentBytes(stream), codec, offset, size);
  const decoded = decodedBy(() => decoder(stream, size), kind, codec, offset);
  checkSize(decoded.byteLength, codec, offset, size);
  return decoded;
}

function decodedBy(decode: () => Uint8Array, kind: string, codec: Codec, offset: number): Uint8Array {
  try {
    return decode();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnpackError("bad-stream", codec, `the ${kind} decoder refused the stream: ${why}`, {
      offset,
      cause,
    });
  }
}

function checkSize(have: number | undefined, codec: Codec, offset: number, need: number): void {
  if (have === need) return;
  if (have === undefined) {
    const what = "not a zstd frame that tells its size";
    throw new UnpackError("bad-header", codec, what, { offset, need });
  }
  const code = have > need ? "too-long" : "too-short";
  throw new UnpackError(code, codec, `becomes ${have} bytes, ${need} are declared`, { offset, have, need });
}
