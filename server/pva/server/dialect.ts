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
  /** How a channel is refused. */
  refusal(cid: number, reason: string): ChannelCreated;
  /**
   * The messages that tell of one update.
   * @param isFirst nothing has been sent since the monitor was started
   */
  updates(update: MonitorData, isFirst: boolean): readonly MonitorData[];
  /** What is still sent of a PV to a monitor that its client has destroyed. */
  afterwards(pv: Pv): readonly MonitorData[];
}

/** What every client understands: whole messages, little-endian, types inline, one message for an update. */
export const PLAIN: Dialect = {
  sender: SENDER,
  frame: (command, body) => frameMessageParts(SENDER, command, body),
  refusal: (cid, message) => ({ cid, sid: NO_SID, status: { kind: "fatal", message, callTree: "" } }),
  updates: (update) => [update],
  afterwards: () => [],
};
