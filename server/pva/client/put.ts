import { buildDelta } from "../data/build-delta.ts";
import type { Plain } from "../data/build-value.ts";
import type { DecodeContext } from "../data/decode-context.ts";
import { defaultStructure, type StructureValue } from "../data/value.ts";
import { asError, PvaError } from "../errors.ts";
import { decodeGetData } from "../message/get.ts";
import { decodeInitReply, Subcommand } from "../message/operation.ts";
import { buildPvRequest } from "../message/pv-request.ts";
import { encodePutExecute, encodePutInit, encodePutReadBack } from "../message/put.ts";
import { Command } from "../wire/commands.ts";
import { decodeStatus, isSuccess } from "../wire/status.ts";
import type { Body, Conversation, Step } from "./one-shot.ts";

/** What to write: fields as plain JavaScript, or a function that makes them from the present value. */
export type PutFields =
  { readonly [name: string]: Plain } | ((now: StructureValue) => { readonly [name: string]: Plain });

/** Writes some fields of a channel: INIT for the type, the present value where it is wanted, then the data. */
export class Put implements Conversation<undefined> {
  readonly command = Command.PUT;
  readonly first: Body;
  readonly #fields: PutFields;
  #base: StructureValue | undefined;

  constructor(fields: PutFields) {
    this.#fields = fields;
    const request = buildPvRequest();
    this.first = (writer, sid, ioid) => encodePutInit(writer, sid, ioid, request);
  }

  reply(subcommand: number, context: DecodeContext): Step<undefined> {
    if ((subcommand & Subcommand.INIT) !== 0 || this.#base === undefined) return this.#initialised(context);
    if ((subcommand & Subcommand.GET) !== 0) {
      const { status, value } = decodeGetData(context, this.#base);
      return value === undefined ? { kind: "refused", status } : this.#write(value);
    }
    const status = decodeStatus(context.reader);
    return isSuccess(status) ? { kind: "done", result: undefined } : { kind: "refused", status };
  }

  #initialised(context: DecodeContext): Step<undefined> {
    const { status, type } = decodeInitReply(context);
    if (type === undefined) return { kind: "refused", status };
    this.#base = defaultStructure(type);
    return typeof this.#fields === "function"
      ? { kind: "send", body: encodePutReadBack }
      : this.#write(this.#base);
  }

  /** What its caller gave may not fit the type: that is the caller's trouble, not the connection's. */
  #write(now: StructureValue): Step<undefined> {
    try {
      const data = buildDelta(
        now.type,
        typeof this.#fields === "function" ? this.#fields(now) : this.#fields,
      );
      const body: Body = (writer, sid, ioid) => encodePutExecute(writer, sid, ioid, data);
      return { kind: "send", body, changesServer: true };
    } catch (error) {
      const { message } = asError(error);
      return { kind: "failed", error: new PvaError("bad-value", message, { cause: error }) };
    }
  }
}
