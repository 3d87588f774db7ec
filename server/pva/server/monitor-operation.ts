import { encodeMonitorData } from "../message/monitor.ts";
import { BitSet } from "../wire/bit-set.ts";
import { Command } from "../wire/commands.ts";
import { commonBits, leavesOf } from "./field-bits.ts";
import type { Channel, Operation, OperationHost } from "./operation.ts";

const MAX_WINDOW = 2 ** 31;

/**
 * A MONITOR. It queues no values: it remembers which fields were written since its last update, and that update is made
 * of the PV's newest value when the socket is free and the window open. Older values are squashed, and say so:
 *
 *     posts    1  2  3  4          changed = fields written since
 *     socket   ▓▓▓▓▓▓▓▓ free       overrun = fields written more than once
 *     sent     1        4
 */
export class MonitorOperation implements Operation {
  readonly command = Command.MONITOR;
  readonly ioid: number;
  readonly channel: Channel;
  readonly #selection: BitSet;
  readonly #all: boolean;
  readonly #host: OperationHost;
  /** Updates that may still be sent; undefined without pipeline. */
  #window: number | undefined;
  #unwatch: (() => void) | undefined;
  #isFirst = true;
  #changed = new BitSet();
  #overrun = new BitSet();

  /**
   * @param selection leaf bits to send; undefined for everything
   * @param window credits the client gave at the start; undefined without pipeline
   */
  constructor(
    ioid: number,
    channel: Channel,
    selection: BitSet | undefined,
    window: number | undefined,
    host: OperationHost,
  ) {
    this.ioid = ioid;
    this.channel = channel;
    this.#all = selection === undefined;
    this.#selection = selection ?? leavesOf(channel.pv.type, [""]);
    this.#window = window;
    this.#host = host;
  }

  /** Lets updates flow; the first one has everything. */
  start(): void {
    if (this.#unwatch !== undefined) return;
    this.#isFirst = true;
    this.#changed = new BitSet().addAll(this.#selection);
    this.#overrun = new BitSet();
    this.#unwatch = this.channel.pv.watch({ posted: (written) => this.#posted(written) });
    this.#host.ready(this);
  }

  /** Holds updates back until the next start. */
  stop(): void {
    this.end();
  }

  /** The client has consumed this many updates. */
  acknowledge(count: number): void {
    if (this.#window === undefined) return;
    this.#window = Math.min(MAX_WINDOW, this.#window + count);
    this.#host.ready(this);
  }

  take(): readonly Uint8Array[] | undefined {
    const value = this.channel.pv.newest;
    if (this.#unwatch === undefined || value === undefined || this.#changed.isEmpty || this.#windowShut)
      return undefined;
    const isFirst = this.#isFirst;
    const changed = isFirst && this.#all ? BitSet.of(0) : this.#changed;
    const overrun = this.#overrun;
    this.#isFirst = false;
    this.#changed = new BitSet();
    this.#overrun = new BitSet();
    this.#host.count("updatesSent");
    const { dialect } = this.#host;
    const updates = dialect.updates({ changed, value, overrun }, isFirst, this.#window);
    if (this.#window !== undefined) this.#window -= updates.length;
    return updates.flatMap((update) =>
      dialect.frame(Command.MONITOR, (writer) => encodeMonitorData(writer, this.ioid, update)),
    );
  }

  end(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  get #windowShut(): boolean {
    return this.#window !== undefined && this.#window <= 0;
  }

  #posted(written: BitSet): void {
    const wanted = this.#all ? written : commonBits(written, this.#selection);
    if (!this.#isFirst) {
      const again = commonBits(wanted, this.#changed);
      if (!again.isEmpty) this.#host.count("updatesSquashed");
      this.#overrun.addAll(again);
    }
    this.#changed.addAll(wanted);
    this.#host.ready(this);
  }
}
