/** The raw encoder of both builds on guarded regions: nothing of the host between the test and the core. */
import { COLOUR_CODE } from "../../wasm/core/abi.ts";
import type { CoreExports } from "../../wasm/core/abi.ts";
import type { ColourMode } from "../../wasm/core/index.ts";
import { runJpegJob } from "../../wasm/core/jpeg-job.ts";
import type { JpegJob } from "../../wasm/core/jpeg-job.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";
import { GuardedRegions } from "./both-builds.ts";

/** What a test may put into the job block. */
export interface Job {
  readonly samples: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** A colour mode, or a raw number for a wrong one. */
  readonly mode: ColourMode | number;
  readonly quality: number;
  readonly subsampling: number;
  /** Bytes of output; jpegBoundBytes without. */
  readonly capacity?: number;
  /** More words of the block, as they are. */
  readonly words?: Partial<JpegJob>;
}

export interface Outcome {
  /** Bytes written, or a negative result. */
  readonly result: number;
  /** The file; empty if result is negative. */
  readonly jpeg: Uint8Array;
  /** Bytes written where nothing may be: around the regions, or into the samples. */
  readonly damage: number;
}

/**
 * Carries out one job in an instance, on fresh regions of exactly the sizes that the core asks for; behind others, where a
 * job's words name such.
 */
export function encodeRaw(
  exports: CoreExports,
  job: Job,
  regions: GuardedRegions = new GuardedRegions(exports),
): Outcome {
  const { width, height, subsampling } = job;
  const mode = typeof job.mode === "number" ? job.mode : COLOUR_CODE[job.mode];
  const capacity = job.capacity ?? exports.jpegBoundBytes(width, height, mode, subsampling);
  const source = regions.put(job.samples, 1);
  const output = regions.take(capacity, 3);
  const workspace = regions.take(
    exports.jpegWorkspaceBytes(width, mode, subsampling),
    toNext16(output + capacity),
  );
  const { quality } = job;
  const words = {
    source,
    width,
    height,
    colourMode: mode,
    quality,
    subsampling,
    workspace,
    output,
    capacity,
  };
  const result = runJpegJob(exports, { ...words, ...job.words });
  const jpeg = regions.bytes(output, Math.max(result, 0)).slice();
  const untouched = Buffer.compare(regions.bytes(source, job.samples.length), job.samples) === 0;
  return { result, jpeg, damage: regions.damage + Number(!untouched) };
}

/** How far it is from the end of a region's guard to the next multiple of 16. */
function toNext16(end: number): number {
  return (16 - (end % 16)) % 16;
}

/** An encoder of one build that gives the file or fails. */
export async function encoderOf(build: CoreBuild): Promise<(job: Job) => Uint8Array> {
  const { exports } = await GuardedRegions.of(build);
  return (job) => {
    const { result, jpeg, damage } = encodeRaw(exports, job);
    if (result < 0 || damage > 0) throw new Error(`result ${result}, ${damage} bytes damaged`);
    return jpeg;
  };
}
