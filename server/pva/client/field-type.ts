import type { DecodeContext } from "../data/decode-context.ts";
import type { TypeDescription } from "../data/type-description.ts";
import { decodeFieldAnswer, encodeGetField } from "../message/get-field.ts";
import { Command } from "../wire/commands.ts";
import type { Body, Conversation, Step } from "./one-shot.ts";

/** Asks for the type of a channel, or of one field of it, and for no value: GET-FIELD. */
export class FieldType implements Conversation<TypeDescription> {
  readonly command = Command.GET_FIELD;
  readonly first: Body;

  /** @param subField dotted name; "" for the whole type */
  constructor(subField: string) {
    this.first = (writer, sid, ioid) => encodeGetField(writer, { sid, ioid, subField });
  }

  reply(_subcommand: number, context: DecodeContext): Step<TypeDescription> {
    const { status, type } = decodeFieldAnswer(context);
    return type === undefined ? { kind: "refused", status } : { kind: "done", result: type };
  }
}
