/** What every way of unpacking is given. */
import type { CoreExports } from "./abi.ts";
import type { Codec } from "./frame.ts";
import type { Inflaters } from "./inflaters.ts";
import type { JobMemory } from "./job-memory.ts";

/** Codecs that pack the bytes of samples whatever they mean. */
export type PackedCodec = Exclude<Codec, "none" | "jpeg">;

/** A stretch of the core's memory. */
export interface Region {
  readonly address: number;
  readonly bytes: number;
}

/** One payload and what it is to become. */
export interface Unpacking {
  readonly exports: CoreExports;
  readonly memory: JobMemory;
  /** The payload, copied in. */
  readonly packed: Region;
  readonly codec: PackedCodec;
  /** What the frame's shape declares; the result has exactly so many bytes, and no more than so many are ever made. */
  readonly decodedBytes: number;
  readonly bytesPerSample: 1 | 2 | 4 | 8;
  readonly inflaters?: Inflaters | undefined;
}
