import type { DecodeContext } from "../data/decode-context.ts";
import { defaultStructure, type StructureValue } from "../data/value.ts";
import { decodeGetData, encodeGetExecute, encodeGetInit } from "../message/get.ts";
import { decodeInitReply, Subcommand } from "../message/operation.ts";
import { buildPvRequest } from "../message/pv-request.ts";
import { Command } from "../wire/commands.ts";
import type { Body, Conversation, Step } from "./one-shot.ts";

/** Reads a channel once: INIT for the type, then the data, which ends the operation at the server as well. */
export class Get implements Conversation<StructureValue> {
  readonly command = Command.GET;
  readonly first: Body;
  #base: StructureValue | undefined;

  /** @param fields dotted names of the only fields wanted; empty for all */
  constructor(fields: readonly string[]) {
    const request = buildPvRequest({ fields });
    this.first = (writer, sid, ioid) => encodeGetInit(writer, sid, ioid, request);
  }

  reply(subcommand: number, context: DecodeContext): Step<StructureValue> {
    if ((subcommand & Subcommand.INIT) !== 0 || this.#base === undefined) {
      const { status, type } = decodeInitReply(context);
      if (type === undefined) return { kind: "refused", status };
      this.#base = defaultStructure(type);
      return { kind: "send", body: (writer, sid, ioid) => encodeGetExecute(writer, sid, ioid, true) };
    }
    const { status, value } = decodeGetData(context, this.#base);
    return value === undefined ? { kind: "refused", status } : { kind: "done", result: value };
  }
}
