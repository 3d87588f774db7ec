import type { DecodeContext } from "../data/decode-context.ts";
import { defaultStructure, type StructureValue } from "../data/value.ts";
import { asError } from "../errors.ts";
import { encodeGetData } from "../message/get.ts";
import { encodeOperationReply, Subcommand } from "../message/operation.ts";
import { decodePutExecute } from "../message/put.ts";
import { BitSet } from "../wire/bit-set.ts";
import { Command } from "../wire/commands.ts";
import { encodeStatus, errorStatus, type Status, STATUS_OK } from "../wire/status.ts";
import type { Channel, Operation, OperationHost } from "./operation.ts";
import type { PutHandler } from "./pv.ts";

/** A PUT: each execution writes some fields and is answered when the PV's owner has taken or refused them. */
export class PutOperation implements Operation {
  readonly command = Command.PUT;
  readonly ioid: number;
  readonly channel: Channel;
  readonly #handler: PutHandler;
  readonly #host: OperationHost;
  /** A wish for the present value, not granted yet: its subcommand. */
  #asked: number | undefined;
  /** The write under way; none once it is answered, cancelled or over. */
  #running: symbol | undefined;

  constructor(ioid: number, channel: Channel, handler: PutHandler, host: OperationHost) {
    this.ioid = ioid;
    this.channel = channel;
    this.#handler = handler;
    this.#host = host;
  }

  /** The client reads the value it is about to change, or sends what it writes: `context` is at the data. */
  execute(subcommand: number, context: DecodeContext): void {
    if ((subcommand & Subcommand.GET) !== 0) {
      this.#asked = subcommand;
      this.#host.ready(this);
      return;
    }
    const { type, newest } = this.channel.pv;
    const { value, changed } = decodePutExecute(context, newest ?? defaultStructure(type));
    if (this.#running !== undefined) this.#answer(subcommand, errorStatus("the PUT before is not done yet"));
    else void this.#write(subcommand, value, changed);
  }

  /** The present value, as a GET answers; nothing is marked where the PV has none yet. */
  take(): readonly Uint8Array[] | undefined {
    const subcommand = this.#asked;
    if (subcommand === undefined) return undefined;
    this.#asked = undefined;
    if ((subcommand & Subcommand.DESTROY) !== 0) this.#host.finished(this);
    const { type, newest } = this.channel.pv;
    const [value, changed] =
      newest === undefined ? [defaultStructure(type), new BitSet()] : [newest, BitSet.of(0)];
    return this.#host.dialect.frame(Command.PUT, (writer) => {
      encodeOperationReply(writer, { ioid: this.ioid, subcommand });
      encodeGetData(writer, value, changed);
    });
  }

  end(): void {
    this.#asked = undefined;
    this.#running = undefined;
  }

  async #write(subcommand: number, value: StructureValue, changed: BitSet): Promise<void> {
    const running = Symbol();
    this.#running = running;
    let status: Status = STATUS_OK;
    try {
      await this.#handler(value, changed);
    } catch (error) {
      status = errorStatus(asError(error).message);
    }
    if (this.#running !== running) return;
    this.#running = undefined;
    this.#answer(subcommand, status);
  }

  #answer(subcommand: number, status: Status): void {
    if ((subcommand & Subcommand.DESTROY) !== 0) this.#host.finished(this);
    this.#host.reply(Command.PUT, (writer) => {
      encodeOperationReply(writer, { ioid: this.ioid, subcommand });
      encodeStatus(writer, status);
    });
  }
}
