/** The core's JPEG job block as an object, filled and carried out. */
import { JPEG_JOB_NUMBERS, JPEG_JOB_WORDS } from "./abi.ts";
import type { CoreExports } from "./abi.ts";

type Names = (typeof JPEG_JOB_WORDS)[number] | (typeof JPEG_JOB_NUMBERS)[number];

/** What must be said of every job; units and meaning in wasm/assembly/jpeg/job.ts. */
type Needed =
  | "source"
  | "width"
  | "height"
  | "colourMode"
  | "quality"
  | "subsampling"
  | "workspace"
  | "output"
  | "capacity";

/** A job; what is left out is not asked for. */
export type JpegJob = Readonly<Record<Needed, number> & Partial<Record<Names, number>>>;

/** What absent words are, where that is not 0. */
const ABSENT: Readonly<Partial<Record<Names, number>>> = { densityX: 1, densityY: 1, high: 1 };

/** Writes the block and runs it; answers bytes written, or a negative result. */
export function runJpegJob(exports: CoreExports, job: JpegJob): number {
  const words = 4 * JPEG_JOB_WORDS.length;
  const block = new DataView(
    exports.memory.buffer,
    exports.jpegJobAddress() >>> 0,
    words + 8 * JPEG_JOB_NUMBERS.length,
  );
  const valueOf = (name: Names): number => job[name] ?? ABSENT[name] ?? 0;
  JPEG_JOB_WORDS.forEach((name, index) => block.setUint32(4 * index, valueOf(name), true));
  JPEG_JOB_NUMBERS.forEach((name, index) => block.setFloat64(words + 8 * index, valueOf(name), true));
  return exports.encodeJpeg();
}
