import type { StructureValue } from "../data/value.ts";
import { asError } from "../errors.ts";
import { encodeOperationReply, Subcommand } from "../message/operation.ts";
import { encodeRpcAnswer } from "../message/rpc.ts";
import { Command } from "../wire/commands.ts";
import { encodeStatus, errorStatus } from "../wire/status.ts";
import type { Channel, Operation, OperationHost } from "./operation.ts";
import type { CallHandler } from "./pv.ts";

/** An RPC: each call is answered when the PV's owner has an answer. */
export class RpcOperation implements Operation {
  readonly command = Command.RPC;
  readonly ioid: number;
  readonly channel: Channel;
  readonly #handler: CallHandler;
  readonly #host: OperationHost;
  #answer: { readonly subcommand: number; readonly value: StructureValue } | undefined;
  /** The call under way; none once it is answered, cancelled or over. */
  #running: symbol | undefined;

  constructor(ioid: number, channel: Channel, handler: CallHandler, host: OperationHost) {
    this.ioid = ioid;
    this.channel = channel;
    this.#handler = handler;
    this.#host = host;
  }

  /** The client calls. */
  execute(subcommand: number, argument: StructureValue): void {
    if (this.#running !== undefined) this.#refuse(subcommand, "the call before is not answered yet");
    else void this.#call(subcommand, argument);
  }

  take(): readonly Uint8Array[] | undefined {
    const answer = this.#answer;
    if (answer === undefined) return undefined;
    const { subcommand, value } = answer;
    this.#answer = undefined;
    this.#running = undefined;
    if ((subcommand & Subcommand.DESTROY) !== 0) this.#host.finished(this);
    return this.#host.dialect.frame(Command.RPC, (writer) => {
      encodeOperationReply(writer, { ioid: this.ioid, subcommand });
      encodeRpcAnswer(writer, value);
    });
  }

  end(): void {
    this.#answer = undefined;
    this.#running = undefined;
  }

  async #call(subcommand: number, argument: StructureValue): Promise<void> {
    const running = Symbol();
    this.#running = running;
    try {
      const value = await this.#handler(argument);
      if (this.#running !== running) return;
      this.#answer = { subcommand, value };
      this.#host.ready(this);
    } catch (error) {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#refuse(subcommand, asError(error).message);
    }
  }

  #refuse(subcommand: number, reason: string): void {
    if ((subcommand & Subcommand.DESTROY) !== 0) this.#host.finished(this);
    this.#host.reply(Command.RPC, (writer) => {
      encodeOperationReply(writer, { ioid: this.ioid, subcommand });
      encodeStatus(writer, errorStatus(reason));
    });
  }
}
