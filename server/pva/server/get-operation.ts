import { encodeGetData } from "../message/get.ts";
import { encodeOperationReply, Subcommand } from "../message/operation.ts";
import { BitSet } from "../wire/bit-set.ts";
import { Command } from "../wire/commands.ts";
import type { Channel, Operation, OperationHost } from "./operation.ts";

/** A GET: each execution is answered once, as soon as the PV has a value and the socket is free. */
export class GetOperation implements Operation {
  readonly command = Command.GET;
  readonly ioid: number;
  readonly channel: Channel;
  readonly #selection: BitSet | undefined;
  readonly #host: OperationHost;
  #unwatch: (() => void) | undefined;
  #subcommand: number = Subcommand.DEFAULT;

  /** @param selection leaf bits to send; undefined for everything */
  constructor(ioid: number, channel: Channel, selection: BitSet | undefined, host: OperationHost) {
    this.ioid = ioid;
    this.channel = channel;
    this.#selection = selection;
    this.#host = host;
  }

  /** The client asks for the data; `subcommand` is echoed, and with its DESTROY bit this was the last time. */
  execute(subcommand: number): void {
    this.#subcommand = subcommand;
    // Watching is what makes a PV produce a value that has none yet.
    this.#unwatch ??= this.channel.pv.watch({ posted: () => this.#host.ready(this) });
    if (this.channel.pv.newest !== undefined) this.#host.ready(this);
  }

  take(): readonly Uint8Array[] | undefined {
    const value = this.channel.pv.newest;
    if (this.#unwatch === undefined || value === undefined) return undefined;
    this.end();
    const subcommand = this.#subcommand;
    if ((subcommand & Subcommand.DESTROY) !== 0) this.#host.finished(this);
    return this.#host.dialect.frame(Command.GET, (writer) => {
      encodeOperationReply(writer, { ioid: this.ioid, subcommand });
      encodeGetData(writer, value, this.#selection ?? BitSet.of(0));
    });
  }

  end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}
