import { getTextFormatter, type LogRecord } from "@logtape/logtape";

/** Longer texts are cut: a server's message may have megabytes. Characters; stacks of errors stay below. */
const LONGEST_TEXT = 4000;
/** As in server/pva/text/printable.ts: what moves the cursor, turns the direction of writing, or does not show at all. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
/** Those of them that JSON.stringify leaves as they are. */
const HIDDEN_IN_JSON = /[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu;

const asText = getTextFormatter({ timestamp: "time", value: inWords });

/**
 * A log record for people: time, level, room and message on one line. Much of what is logged was written by others: a
 * PV's name or a server's message can neither forge a line nor turn one round, for what does not show as itself is
 * written as `\u{202e}`.
 */
export function textLine(record: LogRecord): string {
  const text = asText(record)
    .trimEnd()
    .replace(/\s*\n\s*/gu, " ↵ ");
  return bounded(text.replace(HIDDEN, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`));
}

/**
 * A log record for programs: one JSON object with `time` (ISO 8601, UTC), `level`, `room`, `message` and, where the
 * line has any, `properties`. ASCII where a character would not show as itself; nothing of it is lost by that.
 */
export function jsonLine({ timestamp, level, category, message, properties }: LogRecord): string {
  const words = message.map((part, place) => (place % 2 === 0 ? String(part) : inWords(part)));
  const line = {
    time: new Date(timestamp).toISOString(),
    level,
    room: category.at(-1),
    message: words.join(""),
  };
  const json =
    Object.keys(properties).length > 0 ? withProperties(line, properties) : JSON.stringify(line, asJson);
  return json.replace(HIDDEN_IN_JSON, escaped);
}

/** Properties in words where they go round in a circle, which JSON cannot say. */
function withProperties(line: object, properties: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify({ ...line, properties }, asJson);
  } catch {
    return JSON.stringify({ ...line, properties: inWords(properties) }, asJson);
  }
}

function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Error ? (value.stack ?? String(value)) : Bun.inspect(value);
}

/** The values of a line as JSON has them: numbers and switches as they are, errors in their parts, all else in words. */
function asJson(_key: string, value: unknown): unknown {
  if (typeof value === "string") return bounded(value);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    const { code } = value as { readonly code?: unknown };
    return { name, code, message, stack, cause };
  }
  if (typeof value === "bigint" || typeof value === "symbol" || typeof value === "function")
    return inWords(value);
  return ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set ? inWords(value) : value;
}

function bounded(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
}

/** UTF-16 units as JSON spells them. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, place) => character.charCodeAt(place));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
