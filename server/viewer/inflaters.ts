import { unzlibSync } from "fflate";
import { decompress } from "fzstd";
import type { Inflaters } from "../../wasm/core/index.ts";

/**
 * What the core leaves to its engine, in pages: a browser's own decompressors make one wait, and the core cannot. Both
 * write into memory of the announced size, so that no stream makes more.
 */
export const browserInflaters: Inflaters = {
  zlib: unzlib,
  // It tells nobody how much it wrote; the core has read the size in the frame's header before.
  zstd: (bytes, size) => decompress(bytes, new Uint8Array(size)),
};

/** fflate drops what has no room, without a word: a byte more tells a longer stream. */
function unzlib(bytes: Uint8Array, size: number): Uint8Array {
  const made = unzlibSync(bytes, { out: new Uint8Array(size + 1) });
  if (made.byteLength === size) return made;
  throw new Error(`the stream becomes ${made.byteLength} bytes or more, not ${size}`);
}
