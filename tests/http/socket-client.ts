import type { StatusMessage } from "../../server/http/protocol.ts";

/** What one socket was sent, in order, and how it ended. */
export class SocketClient {
  readonly pictures: Uint8Array[] = [];
  readonly statuses: StatusMessage[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  constructor(
    { port }: { readonly port: number | string },
    path: string,
    headers: Record<string, string> = {},
  ) {
    // Bun's WebSocket sends a User-Agent of its own, which is no browser's.
    // The browser's type declarations hide that Bun's takes headers.
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers } as unknown as string[]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === "string") this.statuses.push(JSON.parse(data) as StatusMessage);
      else this.pictures.push(new Uint8Array(data));
      this.#wake();
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
  }

  async until(condition: (client: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  say(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }
}
