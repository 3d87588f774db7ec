/** Results of the core's unpacking kernels as errors (assembly/unpack/fault.ts). */
import { RESULT } from "./abi.ts";
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import type { Codec } from "./frame.ts";
import { UnpackError } from "./unpack-error.ts";
import type { UnpackErrorCode } from "./unpack-error.ts";

interface Meaning {
  readonly code: UnpackErrorCode;
  readonly what: (have: number, need: number) => string;
}

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [RESULT.truncated, { code: "truncated", what: (have, need) => `${need} bytes are needed, ${have} left` }],
  [RESULT.tooLong, { code: "too-long", what: (have, need) => `becomes ${have} bytes, ${need} are declared` }],
  [
    RESULT.tooShort,
    { code: "too-short", what: (have, need) => `becomes ${have} bytes, ${need} are declared` },
  ],
  [
    RESULT.badDistance,
    { code: "bad-distance", what: (have, need) => `repeats bytes ${have} back, ${need} are written` },
  ],
  [
    RESULT.badHeader,
    { code: "bad-header", what: (have, need) => `a header says ${have} where ${need} is needed` },
  ],
] as const);

/**
 * Goes on if the kernel did.
 *
 * @param start address of the payload's first byte
 * @throws UnpackError what the kernel found; CoreError refused, if it answered what it never should
 */
export function acceptUnpacked(result: number, exports: CoreExports, codec: Codec, start: number): void {
  if (result === 0) return;
  const meaning = MEANINGS.get(result);
  if (meaning === undefined) {
    throw new CoreError("refused", `the core refused to unpack ${codec} with result ${result}`, {
      have: result,
    });
  }
  const words = new DataView(exports.memory.buffer, exports.unpackFaultAddress() >>> 0, 12);
  const [address, have, need] = [0, 4, 8].map((at) => words.getUint32(at, true));
  const what = meaning.what(have!, need!);
  throw new UnpackError(meaning.code, codec, what, { offset: address! - start, have: have!, need: need! });
}
