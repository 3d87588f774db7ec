import type { ClientMessage, ServerMessage, ViewState } from "../../../server/http/protocol.ts";

/** What a binary message says in its header, and its bytes; read by the offsets that the README tells. */
export interface Received {
  readonly version: number;
  readonly kind: "jpeg" | "raw";
  readonly stream: number;
  readonly sequence: bigint;
  readonly uniqueId: bigint;
  readonly iocTime: number;
  readonly receivedTime: number;
  readonly sentTime: number;
  readonly range: readonly [number, number];
  readonly size: readonly [number, number];
  readonly region: readonly [number, number, number, number];
  readonly planes: number;
  readonly flags: number;
  readonly codes: {
    readonly sampleType: number;
    readonly colourMode: number;
    readonly codec: number;
    readonly bayer: number;
  };
  readonly bytes: Uint8Array;
}

type Of<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;

/** A client of `/ws` that keeps all it is sent, in order. */
export class ViewsClient {
  readonly texts: ServerMessage[] = [];
  readonly pictures: Received[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly opened: Promise<void>;
  /** Whether each picture is acknowledged as soon as it is there. */
  acknowledging = false;
  readonly #socket: WebSocket;
  readonly #wakes = new Set<() => void>();
  #ended = false;

  constructor({ port }: { readonly port: number | string }, path = "/ws") {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    this.#socket.binaryType = "arraybuffer";
    this.opened = new Promise((resolve) => (this.#socket.onopen = () => resolve()));
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") this.texts.push(JSON.parse(data) as ServerMessage);
      else this.#take(received(data));
      this.#wake();
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = ({ code, reason }) => {
        this.#ended = true;
        resolve({ code, reason });
        this.#wake();
      };
    });
  }

  /** Connects, and has the server's greeting. */
  static async of(server: { readonly port: number | string }): Promise<ViewsClient> {
    const client = new ViewsClient(server);
    await client.until(() => client.all("hello").length === 1);
    return client;
  }

  say(message: ClientMessage): void {
    this.sayRaw(JSON.stringify(message));
  }

  sayRaw(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  /** All messages of a type so far. */
  all<Type extends ServerMessage["type"]>(type: Type): Of<Type>[] {
    return this.texts.filter((message): message is Of<Type> => message.type === type);
  }

  /** The newest state of a view; undefined if none was told. */
  stateOf(id: string | number): ViewState | undefined {
    return this.all("state")
      .flatMap(({ views }) => views)
      .findLast((view) => view.id === id);
  }

  /** Pictures of the stream number that a view has, or had. */
  of(stream: number): Received[] {
    return this.pictures.filter((picture) => picture.stream === stream);
  }

  /** Waits until `condition` holds; throws if the socket closes before. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#ended) throw new Error(`the socket was closed after ${JSON.stringify(this.texts.slice(-3))}`);
      await new Promise<void>((resolve) => this.#wakes.add(resolve));
    }
  }

  /** Opens a view and waits for its stream number. */
  async show(id: string, pv: string, more: object = {}): Promise<number> {
    const before = this.all("opened").length;
    this.say({ type: "open", id, pv, ...more });
    await this.until(() => this.all("opened").length > before);
    return this.all("opened").findLast((opened) => opened.id === id)!.stream;
  }

  /** Waits until the server has done all that it was told before this. */
  async settled(): Promise<void> {
    const before = this.all("pong").length;
    this.say({ type: "ping" });
    await this.until(() => this.all("pong").length > before);
  }

  close(): void {
    this.#socket.close();
  }

  #take(picture: Received): void {
    this.pictures.push(picture);
    if (!this.acknowledging) return;
    const { id } = [...this.all("opened"), ...this.all("updated")].find(
      ({ stream }) => stream === picture.stream,
    )!;
    this.say({ type: "ack", id, sequence: Number(picture.sequence) });
  }

  #wake(): void {
    for (const wake of this.#wakes) wake();
    this.#wakes.clear();
  }
}

function received(data: ArrayBuffer): Received {
  const view = new DataView(data);
  const [u32, f64] = [(at: number) => view.getUint32(at, true), (at: number) => view.getFloat64(at, true)];
  return {
    version: view.getUint8(0),
    kind: view.getUint8(1) === 1 ? "jpeg" : "raw",
    stream: u32(4),
    sequence: view.getBigUint64(8, true),
    uniqueId: view.getBigInt64(16, true),
    iocTime: f64(24),
    receivedTime: f64(40),
    sentTime: f64(48),
    range: [f64(56), f64(64)],
    size: [u32(72), u32(76)],
    region: [u32(80), u32(84), u32(88), u32(92)],
    planes: u32(100),
    flags: view.getUint8(104),
    codes: {
      sampleType: view.getUint8(105),
      colourMode: view.getUint8(106),
      codec: view.getUint8(107),
      bayer: view.getUint8(108),
    },
    bytes: new Uint8Array(data, view.getUint16(2, true)),
  };
}
