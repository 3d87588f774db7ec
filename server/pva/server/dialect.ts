import { type ChannelCreated, NO_SID } from "../message/create-channel.ts";
import type { MonitorData } from "../message/monitor.ts";
import type { ByteWriter } from "../wire/byte-writer.ts";
import { frameMessageParts } from "../wire/frame.ts";
import type { Sender } from "../wire/header.ts";
import type { Pv } from "./pv.ts";
import { SENDER } from "./sender.ts";

/** How a server words what it says on one connection, where the protocol leaves a choice or other servers take one. */
export interface Dialect {
  /** What every header says. */
  readonly sender: Sender;
  /** One application message, headers included, in pieces that may view large arrays. */
  frame(command: number, body: (writer: ByteWriter) => void): readonly Uint8Array[];
  /** Whether a pipelined MONITOR is answered; if not, its client waits in vain. */
  readonly knowsPipeline: boolean;
  /** Whether searches are read in the order of our own headers, whatever theirs say. */
  readonly readsSearchesInOwnOrder: boolean;
  /** How a channel is refused; undefined: by silence. */
  refusal(cid: number, reason: string): ChannelCreated | undefined;
  /**
   * The messages that tell of one update.
   * @param isFirst nothing has been sent since the monitor was started
   * @param window so many may be sent now; undefined without pipeline
   */
  updates(update: MonitorData, isFirst: boolean, window: number | undefined): readonly MonitorData[];
  /** What is still sent of a PV to a monitor that its client has destroyed. */
  afterwards(pv: Pv): readonly MonitorData[];
}

/** How a server words its answers to searches. */
export interface SearchDialect {
  readonly sender: Sender;
  /** What is said of names that are not here, to those who did not ask to be answered in any case. */
  readonly notFound: "silence" | "without ids" | "with ids";
  /** The port told over TCP: the real one, or 0 for "this circuit". */
  readonly tellsPort: boolean;
  /** UDP answers leave from a socket of their own. */
  readonly fromOtherPort: boolean;
}

/** What every client understands, and pvxs says. */
export const PLAIN_SEARCH: SearchDialect = {
  sender: SENDER,
  notFound: "silence",
  tellsPort: true,
  fromOtherPort: false,
};

/** What every client understands: whole messages, little-endian, types inline, one message for an update. */
export const PLAIN: Dialect = {
  sender: SENDER,
  knowsPipeline: true,
  readsSearchesInOwnOrder: false,
  frame: (command, body) => frameMessageParts(SENDER, command, body),
  refusal: (cid, message) => ({ cid, sid: NO_SID, status: { kind: "fatal", message, callTree: "" } }),
  updates: (update) => [update],
  afterwards: () => [],
};
