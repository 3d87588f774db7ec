import type { DecodeContext } from "../data/decode-context.ts";
import { defaultStructure, type StructureValue } from "../data/value.ts";
import { PvaError } from "../errors.ts";
import { encodeRequestReference } from "../message/destroy-request.ts";
import { decodeGetData, encodeGetExecute, encodeGetInit } from "../message/get.ts";
import { decodeInitReply, Subcommand } from "../message/operation.ts";
import { buildPvRequest } from "../message/pv-request.ts";
import { Command } from "../wire/commands.ts";
import type { Status } from "../wire/status.ts";
import type { ChannelOperation } from "./channel.ts";
import type { ChannelLink } from "./channel-link.ts";
import type { ReplyHandler } from "./reply-handler.ts";

/** What comes of a GET; one of the two is called, once. */
export interface GetOutcome {
  value(value: StructureValue): void;
  failed(error: PvaError): void;
}

/** Reads a channel once: INIT for the type, then the data, which ends the operation at the server as well. */
export class Get implements ChannelOperation, ReplyHandler {
  readonly #fields: readonly string[];
  readonly #outcome: GetOutcome;
  #link: ChannelLink | undefined;
  #ioid = 0;
  #base: StructureValue | undefined;
  #over = false;

  /** @param fields dotted names of the only fields wanted; empty for all */
  constructor(fields: readonly string[], outcome: GetOutcome) {
    this.#fields = fields;
    this.#outcome = outcome;
  }

  attach(link: ChannelLink): void {
    if (this.#over) return;
    this.#link = link;
    this.#base = undefined;
    this.#ioid = link.open(this);
    const request = buildPvRequest({ fields: this.#fields });
    link.send(Command.GET, (writer) => encodeGetInit(writer, link.sid, this.#ioid, request));
  }

  detach(): void {
    this.#link = undefined;
  }

  stop(): void {
    this.cancel();
  }

  channelState(): void {
    // A GET waits for whatever the channel goes through; its caller's time-out is the limit.
  }

  reply(subcommand: number, context: DecodeContext): void {
    const link = this.#link;
    if (link === undefined) return;
    if ((subcommand & Subcommand.INIT) !== 0) {
      const { status, type } = decodeInitReply(context);
      if (type === undefined) {
        this.#refused(link, status);
        return;
      }
      this.#base = defaultStructure(type);
      if (!this.#over)
        link.send(Command.GET, (writer) => encodeGetExecute(writer, link.sid, this.#ioid, true));
      return;
    }
    if (this.#base === undefined) return;
    const { status, value } = decodeGetData(context, this.#base);
    if (value === undefined) {
      this.#refused(link, status);
      return;
    }
    link.end(this.#ioid);
    this.#settle(() => this.#outcome.value(value));
  }

  undecodable(error: PvaError): void {
    this.#settle(() => this.#outcome.failed(error));
  }

  /** Nobody waits for the answer any more. It is still read if it comes. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    const link = this.#link;
    if (link !== undefined)
      link.send(Command.DESTROY_REQUEST, (writer) =>
        encodeRequestReference(writer, { sid: link.sid, ioid: this.#ioid }),
      );
  }

  #refused(link: ChannelLink, status: Status): void {
    link.end(this.#ioid);
    const message = status.message === "" ? `status ${status.kind}` : status.message;
    this.#settle(() => this.#outcome.failed(new PvaError("refused", message)));
  }

  #settle(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    tell();
  }
}
