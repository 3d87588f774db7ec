/** What every stage of the pipeline works with: one instance, its memory, and what the host handed in. */
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import type { ColourMode, FrameMode, SampleType } from "./frame.ts";
import type { Inflaters } from "./inflaters.ts";
import type { JobMemory } from "./job-memory.ts";
import type { JpegDecoder } from "./unpack-jpeg.ts";

/** One WebAssembly instance during one job. */
export interface Engine {
  readonly exports: CoreExports;
  readonly memory: JobMemory;
  readonly inflaters?: Inflaters | undefined;
  readonly jpegDecoder?: JpegDecoder | undefined;
}

/** Little-endian samples in the core's memory, rows without gaps, that a stage hands to the next. */
export interface Samples<Mode extends FrameMode = ColourMode> {
  readonly address: number;
  readonly width: number;
  readonly height: number;
  readonly sampleType: SampleType;
  readonly colourMode: Mode;
}

/**
 * Passes on what an export answers. Stages check before they call, so a refusal is a fault of this program.
 *
 * @throws CoreError refused
 */
export function accept(result: number, name: string): number {
  if (result >= 0) return result;
  throw new CoreError("refused", `the core refused ${name} with result ${result}`, { have: result });
}
