import { joinBytes } from "../../wire/byte-writer.ts";
import { encodeHeader, type Segment, type Sender } from "../../wire/header.ts";

/** Arrays this large leave the old C++ stack as a segment of their own, from where they lie. */
const RAW_BYTES = 64 * 1024;
/** Its send buffer, and so its largest other segment. */
const PIECE_BYTES = 17 * 1024;
const NOTHING = new Uint8Array(0);

/** How a message is cut. */
export interface Cutting {
  /** `pieces`: everything into 17 KiB; `raw`: large arrays stand alone, what is around them is cut into pieces. */
  readonly style: "pieces" | "raw";
  /** Bytes of a piece; 17 KiB if left out. */
  readonly pieceBytes?: number | undefined;
  /** An empty segment after the first, and an empty last one. */
  readonly withEmpty: boolean;
}

/** The payloads of the segments of one message, given in pieces; one payload where it stays whole. */
export function cut(parts: readonly Uint8Array[], cutting: Cutting): readonly Uint8Array[] {
  const { style, pieceBytes = PIECE_BYTES, withEmpty } = cutting;
  const runs = style === "raw" ? aroundLarge(parts) : [joinBytes(parts)];
  const segments = runs.flatMap((run) =>
    style === "raw" && run.length >= RAW_BYTES ? [run] : piecesOf(run, pieceBytes),
  );
  const [first = NOTHING, ...rest] = segments;
  return withEmpty ? [first, NOTHING, ...rest, NOTHING] : [first, ...rest];
}

/** Headers and payloads of the segments in order; `between` any two of them. */
export function frameSegments(
  sender: Sender,
  command: number,
  segments: readonly Uint8Array[],
  between: readonly Uint8Array[],
): readonly Uint8Array[] {
  const last = segments.length - 1;
  const placeOf = (index: number): Segment => {
    if (last === 0) return "whole";
    if (index === 0) return "first";
    return index === last ? "last" : "middle";
  };
  return segments.flatMap((payload, index) => [
    ...(index === 0 ? [] : between),
    encodeHeader(sender, command, payload.length, { segment: placeOf(index) }),
    payload,
  ]);
}

/** Large parts each alone, all that lies between them joined. */
function aroundLarge(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const runs: Uint8Array[][] = [[]];
  for (const part of parts)
    if (part.length >= RAW_BYTES) runs.push([part], []);
    else runs.at(-1)!.push(part);
  return runs.filter((run) => run.length > 0).map(joinBytes);
}

function piecesOf(bytes: Uint8Array, pieceBytes: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return pieces;
}
