/** The payloads of other people's writers in tests/vectors/codecs (make.py there tells how they came about). */
import { join } from "node:path";
import type { PackedCodec } from "../../wasm/core/unpack.ts";

/** One payload and what it must become. */
export interface CodecVector {
  readonly name: string;
  readonly codec: PackedCodec;
  readonly sampleBytes: 1 | 2 | 4 | 8;
  readonly decodedBytes: number;
  /** Of the bytes it must become. */
  readonly sha256: string;
  readonly payload: Uint8Array;
}

/** One JPEG file and what libjpeg-turbo makes of it. */
export interface PictureVector {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Samples as hexadecimal digits; none for CMYK. */
  readonly samples: string;
  readonly payload: Uint8Array;
}

interface Placed {
  readonly offset: number;
  readonly bytes: number;
}

const FOLDER = join(import.meta.dir, "../vectors/codecs");

async function read<Vector>(name: string): Promise<Vector[]> {
  const bytes = await Bun.file(join(FOLDER, `${name}.bin`)).bytes();
  const { vectors } = (await Bun.file(join(FOLDER, `${name}.json`)).json()) as {
    vectors: (Placed & Omit<Vector, "payload">)[];
  };
  return vectors.map(
    (vector) => ({ ...vector, payload: bytes.slice(vector.offset, vector.offset + vector.bytes) }) as Vector,
  );
}

/** All but JPEG. */
export function codecVectors(): Promise<CodecVector[]> {
  return read("codecs");
}

/** JPEG files. */
export function pictureVectors(): Promise<PictureVector[]> {
  return read("pictures");
}
