import {
  type ChannelState,
  type Clock,
  type Log,
  type MonitorListener,
  type MonitorUpdate,
  PvaClient,
  type PvaClientOptions,
  type PvaError,
} from "../../server/pva/index.ts";
import type { PeerConnection, ScriptedPeer } from "./pva-peer.ts";

/** A client that knows nobody but this peer. */
export function clientOf(
  peer: ScriptedPeer,
  options: Partial<PvaClientOptions> & { clock?: Clock; log?: Log } = {},
): PvaClient {
  return new PvaClient({
    autoAddressList: false,
    nameServers: [{ host: "127.0.0.1", port: peer.port }],
    user: "op",
    host: "ws1",
    ...options,
  });
}

/** Keeps what a monitor says, and lets a test wait for the next thing. */
export class RecordingListener implements MonitorListener {
  readonly states: ChannelState[] = [];
  readonly updates: MonitorUpdate[] = [];
  readonly faults: PvaError[] = [];
  readonly #waiting: (() => boolean)[] = [];

  state(state: ChannelState): void {
    this.states.push(state);
    this.#wake();
  }

  update(update: MonitorUpdate): void {
    this.updates.push(update);
    this.#wake();
  }

  fault(error: PvaError): void {
    this.faults.push(error);
    this.#wake();
  }

  /** Kinds of the states so far. */
  get kinds(): string[] {
    return this.states.map(({ kind }) => kind);
  }

  /** Resolves as soon as `condition` holds; it is asked again after every call. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(() => {
        const holds = condition();
        if (holds) resolve();
        return holds;
      });
      this.#wake();
    });
  }

  #wake(): void {
    for (const attempt of [...this.#waiting])
      if (attempt()) this.#waiting.splice(this.#waiting.indexOf(attempt), 1);
  }
}

/** Takes a client through handshake, search and CREATE CHANNEL on a fresh connection. */
export async function openChannel(peer: ScriptedPeer, sid = 44): Promise<PeerConnection> {
  const connection = await peer.accept();
  await connection.handshake();
  await connection.answerSearch();
  await connection.answerCreate(sid);
  return connection;
}
