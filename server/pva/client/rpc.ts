import type { DecodeContext } from "../data/decode-context.ts";
import type { StructureValue } from "../data/value.ts";
import { Subcommand } from "../message/operation.ts";
import { buildPvRequest } from "../message/pv-request.ts";
import { decodeRpcAnswer, encodeRpcExecute, encodeRpcInit } from "../message/rpc.ts";
import { Command } from "../wire/commands.ts";
import { decodeStatus, isSuccess } from "../wire/status.ts";
import type { Body, Conversation, Step } from "./one-shot.ts";

/** Calls a channel: INIT, which has no type to tell, then the argument; the answer brings its own type. */
export class Rpc implements Conversation<StructureValue> {
  readonly command = Command.RPC;
  readonly first: Body;
  readonly #argument: StructureValue;
  #initialised = false;

  constructor(argument: StructureValue) {
    this.#argument = argument;
    const request = buildPvRequest();
    this.first = (writer, sid, ioid) => encodeRpcInit(writer, sid, ioid, request);
  }

  reply(subcommand: number, context: DecodeContext): Step<StructureValue> {
    if ((subcommand & Subcommand.INIT) === 0 && this.#initialised) {
      const { status, value } = decodeRpcAnswer(context);
      return value === undefined ? { kind: "refused", status } : { kind: "done", result: value };
    }
    const status = decodeStatus(context.reader);
    if (!isSuccess(status)) return { kind: "refused", status };
    this.#initialised = true;
    const body: Body = (writer, sid, ioid) => encodeRpcExecute(writer, sid, ioid, this.#argument);
    return { kind: "send", body, changesServer: true };
  }
}
