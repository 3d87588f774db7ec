import { expect } from "bun:test";
import type { MonitorOptions, PvaClient } from "../../server/pva/index.ts";
import { JumpingClock } from "./jumping-clock.ts";
import { type ByteList, bytes, type Wire } from "./pva-bytes.ts";
import { clientOf, openChannel, RecordingListener } from "./pva-client.ts";
import { type PeerConnection, ScriptedPeer, uintAt } from "./pva-peer.ts";

/** The server's id of the channel on a stage. */
export const SID = 44;

/** value: ushort[] (bit 1), size: int (2), extra: any (3). */
export function imageType(wire: Wire): number[] {
  return wire.structure("image", [
    ["value", [0x2d]],
    ["size", [0x22]],
    ["extra", [0x82]],
  ]);
}

/** An update of that type: a BitSet, the fields it marks, a BitSet. */
export function update(
  wire: Wire,
  ioid: number,
  changed: ByteList,
  data: ByteList,
  overrun: ByteList = [0],
): number[] {
  return wire.message(13, [wire.u32(ioid), 0, changed, data, overrun]);
}

/** All fields of that type: value [1, 2], this size, extra null. */
export function everything(wire: Wire, size: number): ByteList {
  return [2, wire.u16(1), wire.u16(2), wire.u32(size), 0xff];
}

/** Answers the next INIT with a type; returns the operation's id and the INIT's subcommand. */
export async function answerInit(
  connection: PeerConnection,
  type: ByteList,
): Promise<{ ioid: number; sub: number; init: Uint8Array }> {
  const { wire } = connection;
  const { payload } = await connection.next(13);
  const ioid = uintAt(payload, 4, 4, wire);
  connection.send(wire.message(13, [wire.u32(ioid), 8, 0xff, type]));
  return { ioid, sub: payload[8]!, init: payload };
}

/** A client with one listener in front of a scripted peer, for tests of subscriptions. */
export class MonitorStage {
  readonly clock = new JumpingClock();
  readonly listener = new RecordingListener();
  readonly peer: ScriptedPeer;
  readonly client: PvaClient;
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.peer = new ScriptedPeer(wire);
    this.client = clientOf(this.peer, { clock: this.clock });
  }

  /** A channel on which the peer has not answered the INIT yet. */
  async opened(options: MonitorOptions = {}): Promise<PeerConnection> {
    this.client.monitor("A", options, this.listener);
    return await openChannel(this.peer, SID);
  }

  /** A subscription up to and including its START. */
  async subscribed(options: MonitorOptions = {}): Promise<{ connection: PeerConnection; ioid: number }> {
    const connection = await this.opened(options);
    const { ioid } = await answerInit(connection, imageType(this.#wire));
    const { payload } = await connection.next(13);
    expect(payload).toEqual(bytes(this.#wire.u32(SID), this.#wire.u32(ioid), 0x44));
    return { connection, ioid };
  }

  /** Closes both sides; no timer may be left. */
  async close(): Promise<void> {
    await this.client.close();
    this.peer.close();
    expect(this.clock.pending).toBe(0);
  }
}
