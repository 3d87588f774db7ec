import type { StructureValue } from "../data/value.ts";
import type { PvaError } from "../errors.ts";
import type { BitSet } from "../wire/bit-set.ts";
import type { BulkArray, BulkSink } from "./bulk.ts";
import type { ChannelOptions } from "./channel-address.ts";
import type { ChannelState } from "./channel-state.ts";

/** How to subscribe. */
export interface MonitorOptions extends ChannelOptions {
  /**
   * Let the server wait for our acknowledgements. Off by default: pvDatabase servers (pvapy) then send old updates again,
   * and TCP holds them back well enough.
   */
  readonly pipeline?: boolean;
  /** Updates the server may queue for us; the window of a pipeline. Default: the server's choice, 4 with pipeline. */
  readonly queueSize?: number;
  /** Top-level member whose array of numbers goes to a sink instead of into the value. */
  readonly bulk?: { readonly field: string; readonly sink: BulkSink };
}

/** One update of a subscription. */
export interface MonitorUpdate {
  /** The whole structure as known now. An array that went to the sink is an ArrayElsewhere in it. */
  readonly value: StructureValue;
  /** Fields sent with this update. */
  readonly changed: BitSet;
  /** Fields that changed more than once since the last one, where the server tells. */
  readonly overrun: BitSet;
  /** The big array, if it came with this update and the sink took it. */
  readonly bulk?: BulkArray;
}

/** Hears of a subscription, one call at a time. What it throws is logged and otherwise ignored. */
export interface MonitorListener {
  state(state: ChannelState): void;
  update(update: MonitorUpdate): void;
  /** This monitor's own trouble: the server refused it, or sent an update that cannot be read. It tries again by itself. */
  fault(error: PvaError): void;
}

/** What has come of a subscription so far. */
export interface MonitorStatistics {
  /** Updates given to the listener. */
  readonly updates: number;
  /** Updates in which the server said it had joined several changes. (pvxs joins them and does not say.) */
  readonly overruns: number;
  /** Updates joined by us into a later one: while the first was completed, or while paused. */
  readonly squashed: number;
}

/** A subscription; it finds, connects and reconnects by itself until stopped. */
export interface Monitor {
  readonly name: string;
  readonly statistics: MonitorStatistics;
  /**
   * Asks the server to send nothing until `resume`; what is under way is still read, and joined into one update that
   * comes with `resume`, without its array: the sink is not asked meanwhile.
   */
  pause(): void;
  resume(): void;
  /** Ends it. The listener is not called again; a destination the sink gave may still come back through `abandon`. */
  stop(): void;
}
