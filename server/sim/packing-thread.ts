/**
 * The inside of the thread that compresses the frames of simulated cameras, one after the other: each message is a
 * frame, and has one answer.
 */
import { Core } from "../../wasm/core/index.ts";
import { type Compressor, compressorFor } from "./codec/compress.ts";
import type { PackedFrame, UnpackedFrame } from "./packer.ts";

const core = Core.load();
/** Of the camera that came last of each kind of spec, so that tables and the like are made once. */
const compressors = new Map<string, Compressor | undefined>();

async function pack({ id, spec, parts }: UnpackedFrame): Promise<PackedFrame> {
  try {
    const key = JSON.stringify(spec);
    if (!compressors.has(key)) compressors.set(key, compressorFor(spec, await core));
    const bytes = compressors.get(key)?.(Buffer.concat(parts));
    if (bytes === undefined) throw new Error(`Frames of codec ${spec.codec} are not compressed.`);
    return { id, bytes };
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<UnpackedFrame>) => {
  void pack(data).then((answer) => self.postMessage(answer, { transfer: buffersOf(answer) }));
};

/** What goes over without being copied. */
function buffersOf(answer: PackedFrame): ArrayBuffer[] {
  return "bytes" in answer ? [answer.bytes.buffer as ArrayBuffer] : [];
}
