import { PeerConnection, type RawMessage } from "./pva-peer.ts";
import { type ByteList, hex, LE } from "./pva-bytes.ts";

const FROM_CLIENT = { fromServer: false };

/** A PVA client of raw bytes: says what a test says and keeps what the server answers. */
export class RawClient {
  readonly #socket: Bun.Socket;
  readonly #peer: PeerConnection;

  private constructor(socket: Bun.Socket, peer: PeerConnection) {
    this.#socket = socket;
    this.#peer = peer;
  }

  /** Connects to a server on loopback. */
  static async connect(port: number): Promise<RawClient> {
    let peer: PeerConnection | undefined;
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open: (opened) => void (peer = new PeerConnection(opened, LE)),
        data: (_, chunk) => peer?.received(chunk),
        close: () => peer?.closed.resolve(undefined),
      },
    });
    return new RawClient(socket, peer!);
  }

  /** As `connect`, with the handshake done. */
  static async validated(port: number): Promise<RawClient> {
    const client = await RawClient.connect(port);
    await client.next(1);
    client.say(1, [LE.u32(0x10000), LE.u16(0x7fff), LE.u16(0), LE.string("anonymous"), 0xff]);
    await client.next(9);
    return client;
  }

  /** Everything the server sent, echoes and control messages too. */
  get log(): readonly RawMessage[] {
    return this.#peer.log;
  }

  /** Resolves when the server has closed the connection. */
  get closed(): Promise<void> {
    return this.#peer.closed.promise;
  }

  /** Sends one message. */
  say(command: number, payload: ByteList): void {
    this.#peer.send(LE.message(command, payload, FROM_CLIENT));
  }

  /** Sends bytes as they are. */
  send(...list: ByteList): void {
    this.#peer.send(list);
  }

  /** The next message with this command. */
  next(command: number): Promise<RawMessage> {
    return this.#peer.next(command);
  }

  /** Opens a channel; returns the server's id. */
  async open(name: string, cid = 1): Promise<number> {
    this.say(7, [LE.u16(1), LE.u32(cid), LE.string(name)]);
    const { payload } = await this.next(7);
    return new DataView(payload.buffer, payload.byteOffset).getUint32(4, true);
  }

  /** Waits until the server has read everything said so far: an echo comes after it. */
  async settled(): Promise<void> {
    const marker = hex("65 6e 64");
    this.say(2, marker);
    await this.next(2);
  }

  /** Reads nothing more from the socket, as a client does that is too slow. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.end();
  }
}
