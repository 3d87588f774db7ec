import { MAX_CHANNELS, MAX_OPERATIONS } from "./limits.ts";
import type { Channel, Operation } from "./operation.ts";
import type { Pv } from "./pv.ts";

/** The channels and operations of one connection, by the ids both sides know them by. */
export class ChannelTable {
  readonly channels = new Map<number, Channel>();
  readonly operations = new Map<number, Operation>();
  #nextSid = 1;

  get channelsFull(): boolean {
    return this.channels.size >= MAX_CHANNELS;
  }

  get operationsFull(): boolean {
    return this.operations.size >= MAX_OPERATIONS;
  }

  /** Opens a channel under a new server id. */
  open(cid: number, name: string, pv: Pv): Channel {
    const channel: Channel = { cid, sid: this.#nextSid++, name, pv };
    this.channels.set(channel.sid, channel);
    return channel;
  }

  /** The channels on this PV. */
  channelsOf(pv: Pv): readonly Channel[] {
    return [...this.channels.values()].filter((channel) => channel.pv === pv);
  }

  /** Closes a channel and ends its operations, which it returns. */
  remove(channel: Channel): readonly Operation[] {
    this.channels.delete(channel.sid);
    const ended = [...this.operations.values()].filter((operation) => operation.channel === channel);
    for (const operation of ended) {
      operation.end();
      this.operations.delete(operation.ioid);
    }
    return ended;
  }

  /** Ends everything. */
  clear(): void {
    for (const channel of [...this.channels.values()]) this.remove(channel);
  }
}
