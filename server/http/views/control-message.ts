import type { ClientMessage, ViewFormat, ViewId, ViewWishes } from "../protocol.ts";
import { Refusal } from "../refusal.ts";

const LONGEST_ID = 64;

type Fields = Readonly<Record<string, unknown>>;
type MessageType = ClientMessage["type"];

/** What could be made out of a message that is refused. */
export interface Mark {
  readonly request?: MessageType;
  readonly id?: ViewId;
}

/** A message that cannot be done, and what its answer should name. */
export class BadMessage extends Refusal {
  readonly mark: Mark;

  constructor(message: string, mark: Mark = {}) {
    super("bad-message", message);
    this.mark = mark;
  }
}

/** How the rest of each type of message is read, once its id is known. */
const READERS: Readonly<Record<MessageType, (fields: Fields, mark: Required<Mark>) => ClientMessage>> = {
  open: (fields, { id, ...rest }) => ({
    type: "open",
    id,
    pv: pvOf(fields, { id, ...rest }),
    ...wishesOf(fields, { id, ...rest }),
  }),
  update: (fields, mark) => ({ type: "update", id: mark.id, ...wishesOf(fields, mark) }),
  close: (_, { id }) => ({ type: "close", id }),
  ack: (fields, mark) => ({ type: "ack", id: mark.id, sequence: sequenceOf(fields, mark) }),
  ping: (_, { id }) => ({ type: "ping", id }),
};

const TYPES = Object.keys(READERS) as readonly MessageType[];

/**
 * Reads what a client says. Members that are not known are passed over, so that a newer client may say more; the wishes
 * themselves are weighed by whoever carries them out.
 *
 * @param data as Bun gives it: text, or the bytes of a binary message, which clients have no use for
 * @throws BadMessage saying what is wrong with it
 */
export function parseControlMessage(data: string | Uint8Array): ClientMessage {
  if (typeof data !== "string") throw new BadMessage("Clients send text; this was a binary message.");
  const fields = fieldsOf(data);
  const request = TYPES.find((type) => type === fields["type"]);
  if (request === undefined) {
    throw new BadMessage(`type is ${told(fields["type"])}; it must be one of ${TYPES.join(", ")}.`);
  }
  const { id } = fields;
  if (id === undefined && request === "ping") return { type: "ping" };
  if (!isId(id)) {
    const allowed = `text of 1 to ${LONGEST_ID} characters, or a whole number from 0`;
    throw new BadMessage(`id is ${told(id)}; it must be ${allowed}.`, { request });
  }
  return READERS[request](fields, { request, id });
}

function fieldsOf(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadMessage("The message is not JSON.");
  }
  if (!isObject(value)) throw new BadMessage(`The message is ${told(value)}; it must be a JSON object.`);
  return value;
}

function wishesOf(fields: Fields, mark: Mark): ViewWishes {
  const { options, format, fps, placeholder } = fields;
  return {
    ...(options === undefined ? {} : { options: optionsOf(options, mark) }),
    ...(format === undefined ? {} : { format: formatOf(format, mark) }),
    ...(fps === undefined ? {} : { fps: typed(fps, isNumber, "fps", "a number", mark) }),
    ...(placeholder === undefined
      ? {}
      : { placeholder: typed(placeholder, isBoolean, "placeholder", "true or false", mark) }),
  };
}

function optionsOf(options: unknown, mark: Mark): NonNullable<ViewWishes["options"]> {
  if (!isObject(options)) throw wrong("options", options, "an object of options by name", mark);
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === "string" || isNumber(value)) continue;
    throw wrong(`options.${name.slice(0, LONGEST_ID)}`, value, "text or a number", mark);
  }
  return options as Readonly<Record<string, string | number>>;
}

function formatOf(format: unknown, mark: Mark): ViewFormat {
  if (format === "jpeg" || format === "raw") return format;
  throw wrong("format", format, "jpeg or raw", mark);
}

function pvOf({ pv }: Fields, mark: Mark): string {
  return typed(pv, (value) => typeof value === "string", "pv", "the name of a PV", mark);
}

function sequenceOf({ sequence }: Fields, mark: Mark): number {
  return typed(sequence, isWhole, "sequence", "a whole number from 0", mark);
}

function typed<Type>(
  value: unknown,
  is: (value: unknown) => value is Type,
  name: string,
  allowed: string,
  mark: Mark,
): Type {
  if (is(value)) return value;
  throw wrong(name, value, allowed, mark);
}

function wrong(name: string, value: unknown, allowed: string, mark: Mark): BadMessage {
  return new BadMessage(`${name} is ${told(value)}; it must be ${allowed}.`, mark);
}

function isId(value: unknown): value is ViewId {
  return typeof value === "string" ? value.length > 0 && value.length <= LONGEST_ID : isWhole(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** JSON has no infinities, but `1e999` becomes one. */
function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as an answer may quote it: short, whatever it was. */
function told(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value);
  return text.length <= LONGEST_ID ? text : `${text.slice(0, LONGEST_ID)}…`;
}
