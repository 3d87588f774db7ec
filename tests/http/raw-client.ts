interface Received {
  bytes: Buffer;
  closed: boolean;
  wake: () => void;
}

/** A client that sees every byte: headers, chunk frames and boundaries as they are on the wire. */
export class RawClient {
  readonly #socket: Bun.Socket;
  readonly #state: Received;

  private constructor(socket: Bun.Socket, state: Received) {
    this.#socket = socket;
    this.#state = state;
  }

  /** Connects and sends `request` as it stands. */
  static async ask(port: number, request: string, { reading = true } = {}): Promise<RawClient> {
    const state: Received = { bytes: Buffer.alloc(0), closed: false, wake: () => {} };
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data(_, chunk) {
          state.bytes = Buffer.concat([state.bytes, chunk]);
          state.wake();
        },
        close() {
          state.closed = true;
          state.wake();
        },
      },
    });
    if (!reading) socket.pause();
    socket.write(request);
    return new RawClient(socket, state);
  }

  /** `GET path` with a `User-Agent`. */
  static get(port: number, path: string, agent = "curl/8", options = {}): Promise<RawClient> {
    return RawClient.ask(port, `GET ${path} HTTP/1.1\r\nHost: pc1\r\nUser-Agent: ${agent}\r\n\r\n`, options);
  }

  /** All that came so far, one character a byte. */
  get text(): string {
    return this.#state.bytes.toString("latin1");
  }

  /** Waits until `text` satisfies `condition`; returns it. */
  async until(condition: (text: string) => boolean): Promise<string> {
    while (!condition(this.text)) {
      if (this.#state.closed)
        throw new Error(`The server closed the connection after:\n${this.text.slice(0, 2000)}`);
      await new Promise<void>((resolve) => (this.#state.wake = resolve));
    }
    return this.text;
  }

  /** Waits for the server to close the connection; returns all that came. */
  async untilClosed(): Promise<string> {
    while (!this.#state.closed) await new Promise<void>((resolve) => (this.#state.wake = resolve));
    return this.text;
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Reads nothing from now on. */
  pause(): void {
    this.#socket.pause();
  }

  /** Sends these bytes as they are. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** The body of an answer, out of its chunks (RFC 9112, 7.1); what is not complete yet is left out. */
export function unchunked(text: string): string {
  let rest = text.slice(text.indexOf("\r\n\r\n") + 4);
  let body = "";
  for (;;) {
    const line = /^([0-9a-f]+)\r\n/iu.exec(rest);
    if (line === null) return body;
    const length = Number.parseInt(line[1]!, 16);
    const from = line[0].length;
    if (length === 0 || rest.length < from + length + 2) return body;
    body += rest.slice(from, from + length);
    rest = rest.slice(from + length + 2);
  }
}
