const BYTES_PER_LINE = 16;

/** Which part of the bytes a dump shows. */
export interface HexdumpRange {
  /** First byte shown; the line starts at the multiple of 16 before it. Default 0. */
  readonly from?: number;
  /** End of the bytes shown, exclusive. Default all. */
  readonly to?: number;
  /** Offset to print for the first byte, where `bytes` are a part of something. Default 0. */
  readonly at?: number;
}

/**
 * Bytes as people read them: one line for each 16, with its offset, the bytes in hex, and their ASCII characters.
 * Lines end without a blank and are joined by "\n"; no bytes make "".
 *
 *     00000010  05 66 69 65 6c 64 80 00  00 06 72 65 63 6f 72 64  |.field....record|
 */
export function hexdump(
  bytes: Uint8Array,
  { from = 0, to = bytes.length, at: base = 0 }: HexdumpRange = {},
): string {
  const end = Math.min(to, bytes.length);
  const lines: string[] = [];
  for (let at = from - (from % BYTES_PER_LINE); at < end; at += BYTES_PER_LINE)
    lines.push(line(base + at, bytes.subarray(at, Math.min(at + BYTES_PER_LINE, end))));
  return lines.join("\n");
}

function line(offset: number, bytes: Uint8Array): string {
  const hex = Array.from(
    bytes,
    (byte, index) => (index === 8 ? " " : "") + byte.toString(16).padStart(2, "0"),
  );
  const text = Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
  const columns = 3 * BYTES_PER_LINE;
  return `${offset.toString(16).padStart(8, "0")}  ${hex.join(" ").padEnd(columns)}  |${text.join("")}|`;
}
