import { type ByteList, bytes, type Wire } from "./pva-bytes.ts";

/** A message as it came, told apart by nothing but its header. */
export interface RawMessage {
  readonly flags: number;
  readonly command: number;
  /** Payload of an application message; for control messages the 4 bytes of data. */
  readonly payload: Uint8Array;
}

/** Server side of one connection, speaking only when told to. */
export class PeerConnection {
  readonly wire: Wire;
  /** Everything received, echoes too. */
  readonly log: RawMessage[] = [];
  readonly closed = Promise.withResolvers<undefined>();
  readonly #socket: Bun.Socket;
  readonly #unread: RawMessage[] = [];
  readonly #waiting: { readonly command: number; readonly resolve: (message: RawMessage) => void }[] = [];
  #pending = new Uint8Array(0);

  constructor(socket: Bun.Socket, wire: Wire) {
    this.#socket = socket;
    this.wire = wire;
  }

  send(...list: ByteList): void {
    const data = bytes(list);
    if (this.#socket.write(data) !== data.length) throw new Error("peer could not write everything at once");
  }

  /** The next message with this command, skipping none: waits until it comes. */
  next(command: number): Promise<RawMessage> {
    const index = this.#unread.findIndex(
      (message) => message.command === command && (message.flags & 1) === 0,
    );
    if (index >= 0) return Promise.resolve(this.#unread.splice(index, 1)[0]!);
    return new Promise((resolve) => this.#waiting.push({ command, resolve }));
  }

  /** Ends the connection at once. */
  hangUp(): void {
    this.#socket.terminate();
  }

  /** Byte order, then the methods accepted. */
  greet(methods: readonly string[] = ["anonymous", "ca"]): void {
    const { wire } = this;
    const listed = methods.map((method) => wire.string(method));
    this.send(
      wire.control(2),
      wire.message(1, [wire.u32(0x10000), wire.u16(0x7fff), methods.length, listed]),
    );
  }

  /** The whole handshake; returns the client's half. */
  async handshake(methods?: readonly string[]): Promise<RawMessage> {
    this.greet(methods);
    const answer = await this.next(1);
    this.send(this.wire.message(9, [0xff]));
    return answer;
  }

  /** Answers the next search with "here": returns the names asked for. */
  async answerSearch(): Promise<readonly string[]> {
    const { wire } = this;
    const { payload } = await this.next(3);
    const channels = searchedChannels(payload, wire);
    const cids = channels.map(({ cid }) => wire.u32(cid));
    this.send(
      wire.message(4, [
        Array<number>(12).fill(7),
        [...payload.subarray(0, 4)],
        Array<number>(16).fill(0),
        wire.u16(0),
        wire.string("tcp"),
        1,
        wire.u16(cids.length),
        cids,
      ]),
    );
    return channels.map(({ name }) => name);
  }

  /** Answers the next CREATE CHANNEL with `sid` and OK; returns the client's id. */
  async answerCreate(sid: number, status: ByteList = [0xff]): Promise<number> {
    const { wire } = this;
    const { payload } = await this.next(7);
    const cid = uintAt(payload, 2, 4, wire);
    this.send(wire.message(7, [wire.u32(cid), wire.u32(sid), status]));
    return cid;
  }

  /** Takes bytes from the socket. */
  received(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.#pending.length + chunk.length);
    joined.set(this.#pending);
    joined.set(chunk, this.#pending.length);
    this.#pending = joined;
    for (;;) {
      const message = this.#cutMessage();
      if (message === undefined) return;
      this.log.push(message);
      const waiting = this.#waiting.findIndex(
        ({ command }) => command === message.command && (message.flags & 1) === 0,
      );
      if (waiting >= 0) this.#waiting.splice(waiting, 1)[0]!.resolve(message);
      else this.#unread.push(message);
    }
  }

  #cutMessage(): RawMessage | undefined {
    if (this.#pending.length < 8) return undefined;
    const flags = this.#pending[2]!;
    const isControl = (flags & 1) !== 0;
    const length = new DataView(this.#pending.buffer).getUint32(4, (flags & 0x80) === 0);
    const end = isControl ? 8 : 8 + length;
    if (this.#pending.length < end) return undefined;
    const message = {
      flags,
      command: this.#pending[3]!,
      payload: this.#pending.slice(isControl ? 4 : 8, end),
    };
    this.#pending = this.#pending.slice(end);
    return message;
  }
}

/** A PVA server of raw bytes on a port of loopback. */
export class ScriptedPeer {
  readonly #listener: Bun.TCPSocketListener<PeerConnection | undefined>;
  readonly #accepted: PeerConnection[] = [];
  readonly #waiting: ((connection: PeerConnection) => void)[] = [];
  readonly all: PeerConnection[] = [];

  constructor(wire: Wire) {
    this.#listener = Bun.listen<PeerConnection | undefined>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (socket) => {
          const connection = new PeerConnection(socket as Bun.Socket, wire);
          socket.data = connection;
          this.all.push(connection);
          const waiting = this.#waiting.shift();
          if (waiting === undefined) this.#accepted.push(connection);
          else waiting(connection);
        },
        data: (socket, chunk) => socket.data?.received(chunk),
        close: (socket) => socket.data?.closed.resolve(undefined),
      },
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  /** The next connection a client makes. */
  accept(): Promise<PeerConnection> {
    const connection = this.#accepted.shift();
    return connection === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(connection);
  }

  close(): void {
    this.#listener.stop(true);
  }
}

/** An unsigned number in a payload. */
export function uintAt(payload: Uint8Array, offset: number, width: 2 | 4, wire: Wire): number {
  const view = new DataView(payload.buffer, payload.byteOffset);
  return width === 2 ? view.getUint16(offset, !wire.bigEndian) : view.getUint32(offset, !wire.bigEndian);
}

/** The channels of a SEARCH payload with one protocol named "tcp". */
export function searchedChannels(payload: Uint8Array, wire: Wire): readonly { cid: number; name: string }[] {
  const count = uintAt(payload, 31, 2, wire);
  let at = 33;
  return Array.from({ length: count }, () => {
    const cid = uintAt(payload, at, 4, wire);
    const length = payload[at + 4]!;
    const name = Buffer.from(payload.subarray(at + 5, at + 5 + length)).toString();
    at += 5 + length;
    return { cid, name };
  });
}
