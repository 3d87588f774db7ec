/** How our connections end, as their peers see it. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { TcpStream } from "../../../server/pva/client/tcp-stream.ts";
import { PvaError } from "../../../server/pva/index.ts";

let server: Server;
let accepted: Promise<Socket>;
/** What the peer's socket said, in order. */
let seen: string[];
let stream: TcpStream;
let received: number;

const PATIENCE_MS = 4000;

/** Bytes the peer would send if we let it: more than all buffers of the system. */
const FLOOD = new Uint8Array(64 * 1024 * 1024);

beforeEach(async () => {
  seen = [];
  received = 0;
  // Like pvxs: it ends when we do. The tests say so themselves where they want something else.
  server = createServer({ allowHalfOpen: true });
  accepted = new Promise((resolve) =>
    server.once("connection", (socket) => {
      for (const event of ["end", "close"]) socket.on(event, () => seen.push(event));
      socket.on("error", (error: NodeJS.ErrnoException) => seen.push(error.code ?? error.message));
      resolve(socket);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

/** Connects. Waits for the peer's end far longer than any test takes on a busy machine, unless told otherwise. */
async function open(leaveMs = PATIENCE_MS): Promise<void> {
  const opened = Promise.withResolvers<undefined>();
  stream = new TcpStream(
    { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    {
      opened: () => opened.resolve(undefined),
      received(chunk) {
        received += chunk.length;
        return true;
      },
      closed: () => undefined,
    },
    leaveMs,
  );
  await opened.promise;
}

afterEach(async () => {
  (await accepted).destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const close = (): void => stream.close(new PvaError("closed", "done"));

/** How long the socket took to go, in ms. */
async function gone(): Promise<number> {
  const start = performance.now();
  await stream.gone;
  return performance.now() - start;
}

test("a peer with more to say hears our end, says it, and ends without a fault", async () => {
  await open();
  const peer = await accepted;
  peer.resume();
  peer.write(new Uint8Array(300_000));
  close();
  await new Promise<void>((resolve) => peer.once("end", () => resolve()));
  await new Promise<void>((resolve) => peer.write(new Uint8Array(300_000), () => resolve()));
  const over = new Promise<void>((resolve) => peer.once("close", () => resolve()));
  peer.end();
  expect(await gone()).toBeLessThan(PATIENCE_MS - 1000);
  await over;
  expect(seen).toEqual(["end", "close"]);
  expect(received).toBeLessThanOrEqual(300_000);
});

test("a peer that hears our end and stays is left after its time", async () => {
  await open(200);
  const peer = await accepted;
  peer.resume();
  close();
  const took = await gone();
  expect(took).toBeGreaterThan(150);
  expect(took).toBeLessThan(PATIENCE_MS - 1000);
});

test("a peer that floods us instead is left after 4 MiB", async () => {
  await open();
  const peer = await accepted;
  peer.write(FLOOD);
  close();
  expect(await gone()).toBeLessThan(PATIENCE_MS - 1000);
});

test("a peer that ended first is gone at once", async () => {
  await open();
  const peer = await accepted;
  peer.resume();
  peer.end();
  expect(await gone()).toBeLessThan(PATIENCE_MS - 1000);
});
