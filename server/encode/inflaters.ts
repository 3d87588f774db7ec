import { inflateSync, zstdDecompressSync } from "node:zlib";
import type { Inflaters } from "../../wasm/core/index.ts";

/** The least that zlib takes for a chunk of output (Z_MIN_CHUNK). */
const LEAST_CHUNK = 64;

/** Bun's own decompressors: neither makes more than is asked of it, whatever the stream says, nor in more than one piece. */
export const bunInflaters: Inflaters = {
  zlib: (bytes, size) => inflateSync(bytes, boundsFor(size)),
  zstd: (bytes, size) => zstdDecompressSync(bytes, boundsFor(size)),
};

function boundsFor(size: number): { readonly maxOutputLength: number; readonly chunkSize: number } {
  return { maxOutputLength: size, chunkSize: Math.max(LEAST_CHUNK, size) };
}
