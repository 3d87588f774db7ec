/** Controls, format characters (bidi among them), line and paragraph separators, lone surrogates, private use. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * A string from the network as one line that a terminal or a log shows as it is: whatever would move the cursor, turn the
 * direction of writing or not show at all becomes `\n`, `\t`, `\r` or `\u{…}`.
 */
export function printable(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** As `printable`, in double quotes, which are escaped inside as backslashes are. */
export function quoted(text: string): string {
  return `"${printable(text.replace(/["\\]/g, "\\$&"))}"`;
}

function escaped(character: string): string {
  return SHORT.get(character) ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
