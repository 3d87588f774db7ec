import type { TypeDescription } from "../data/type-description.ts";
import type { StructureValue } from "../data/value.ts";
import type { Status } from "../wire/status.ts";
import type { BitSet } from "../wire/bit-set.ts";
import { printable, quoted } from "../text/printable.ts";
import { typeLines } from "../text/type-text.ts";
import { valueLines, type ValueTextLimits } from "../text/value-text.ts";

const LIMITS: ValueTextLimits = { elements: 4, characters: 80 };
/** Lines of a type or value, names of a list, bits of a set shown before the rest is only counted. */
const MAX_LINES = 60;
const MAX_LISTED = 40;
const MAX_LINE_CHARACTERS = 300;

/** A Status on one line. */
export function statusText({ kind, message, callTree }: Status): string {
  return `status ${kind}${message === "" ? "" : ` ${shortened(message)}`}${callTree === "" ? "" : `, call tree ${shortened(callTree)}`}`;
}

/** A type as an indented tree, under `title`. */
export function typeFieldLines(title: string, type: TypeDescription): readonly string[] {
  return block(title, typeLines(type));
}

/** A value's leaves, one a line, under `title`. */
export function valueFieldLines(title: string, value: StructureValue): readonly string[] {
  return block(title, valueLines(value, LIMITS));
}

/** Numbers of the bits that are set. */
export function bitsText(title: string, bits: BitSet): string {
  return `${title} {${listText([...bits].map(String))}}`;
}

/** Strings of the peer's as a list. */
export function namesText(names: readonly string[]): string {
  return listText(names.map((name) => shortened(name)));
}

/** Bytes as hex digits without blanks. */
export function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The subcommand byte with the names of its bits. */
export function subcommandText(subcommand: number, names: readonly (readonly [number, string])[]): string {
  const set = names.filter(([bits]) => (subcommand & bits) === bits).map(([, name]) => name);
  return `subcommand 0x${subcommand.toString(16).padStart(2, "0")}${set.length === 0 ? "" : ` ${set.join(" ")}`}`;
}

/** A string of the peer's in quotes, long ones cut. */
export function shortened(text: string): string {
  return text.length <= 80 ? quoted(text) : `${quoted(text.slice(0, 80))}… ${text.length} characters`;
}

/** A line cut to what one looks at. */
export function cut(line: string): string {
  return line.length <= MAX_LINE_CHARACTERS ? line : `${line.slice(0, MAX_LINE_CHARACTERS)}…`;
}

/** A name of the peer's behind an id, where it is known. */
export function named(id: string, name: string | undefined): string {
  return name === undefined ? id : `${id} ${printable(cut(name))}`;
}

function block(title: string, lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => `  ${cut(line)}`);
  const more = lines.length > MAX_LINES ? [`  … ${lines.length} lines`] : [];
  return [title, ...shown, ...more];
}

function listText(items: readonly string[]): string {
  const more = items.length > MAX_LISTED ? `, … ${items.length}` : "";
  return items.slice(0, MAX_LISTED).join(", ") + more;
}
