import { afterEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { keepSendQueuesShort, UNSENT_BYTES } from "../../server/http/send-queue.ts";
import { requireTool } from "../support/tools.ts";

const skip = requireTool("Linux, for bounds of connections", process.platform === "linux");
const PICTURE = new Uint8Array(100_000);
/** Before the queue's bound is looked at, the kernel takes what the receiver's window has room for. */
const RECEIVER_BYTES = 256 * 1024;
const UPGRADE = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
];

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const close of cleanUp.splice(0).reverse()) close();
});

/** Sends pictures to every client until the kernel takes no more; counts the bytes that it took. */
class Flood {
  readonly server: Bun.Server<undefined>;
  readonly #full = Promise.withResolvers<number>();
  #taken = 0;

  constructor() {
    this.server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(this.#body())),
      websocket: { open: (socket) => void this.#fill(socket), message: () => undefined },
    });
    cleanUp.push(() => void this.server.stop(true));
  }

  get full(): Promise<number> {
    return this.#full.promise;
  }

  #body(): ReadableStream {
    const source: Bun.DirectUnderlyingSource<Uint8Array> = {
      type: "direct",
      pull: async (controller) => {
        for (;;) {
          const written = controller.write(PICTURE);
          if (typeof written !== "number") break;
          await this.#took(PICTURE.length);
        }
        this.#full.resolve(this.#taken);
        await new Promise(() => undefined);
      },
    };
    return new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
  }

  async #fill(socket: Bun.ServerWebSocket): Promise<void> {
    while (socket.getBufferedAmount() === 0) {
      socket.sendBinary(PICTURE);
      await this.#took(PICTURE.length - socket.getBufferedAmount());
    }
    this.#full.resolve(this.#taken);
  }

  #took(bytes: number): Promise<void> {
    this.#taken += bytes;
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** Asks and never reads. */
function stall(port: number, headers: readonly string[]): void {
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  socket.write(["GET / HTTP/1.1", "Host: pc1", ...headers, "", ""].join("\r\n"));
  cleanUp.push(() => void socket.destroy());
}

const routes = [
  { name: "a multipart stream", headers: [] },
  { name: "a WebSocket", headers: UPGRADE },
];
describe.skipIf(skip).each(routes)(
  "what the kernel takes of $name for a client that never reads",
  ({ headers }) => {
    test("is a few pictures, not dozens", async () => {
      const flood = new Flood();
      expect(keepSendQueuesShort(flood.server.port!)).toBeUndefined();
      stall(flood.server.port!, headers);
      expect(await flood.full).toBeLessThan(RECEIVER_BYTES + UNSENT_BYTES + PICTURE.length);
    });
  },
);

test.skipIf(skip)("a port that nobody of this process listens at is told", () => {
  const flood = new Flood();
  const port = flood.server.port!;
  void flood.server.stop(true);
  expect(keepSendQueuesShort(port)).toContain(`port ${port}`);
});
