import { describe, expect, test } from "bun:test";
import { openDirectReader } from "../../../server/pva/client/direct-read.ts";
import { TcpStream } from "../../../server/pva/client/tcp-stream.ts";
import { PvaError } from "../../../server/pva/errors.ts";

const PIECE = 1024 * 1024;

/** A stream to a listener that reads nothing until told, and what each has seen. */
async function paused() {
  const received: Uint8Array[] = [];
  const accepted = Promise.withResolvers<Bun.Socket>();
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open: (socket) => {
        socket.pause();
        accepted.resolve(socket);
      },
      data: (_, chunk) => void received.push(new Uint8Array(chunk)),
    },
  });
  const opened = Promise.withResolvers<undefined>();
  const closed = Promise.withResolvers<PvaError>();
  const stream = new TcpStream(
    { host: "127.0.0.1", port: listener.port },
    {
      opened: () => opened.resolve(undefined),
      received: () => false,
      closed: (error) => closed.resolve(error),
    },
  );
  await opened.promise;
  return { stream, received, socket: await accepted.promise, closed: closed.promise, listener };
}

describe("what is written", () => {
  test("waits for a peer that does not read, and arrives whole and in order when it does", async () => {
    const { stream, received, socket, listener } = await paused();
    let pieces = 0;
    while (stream.unsent === 0) stream.write(new Uint8Array(PIECE).fill(++pieces));
    stream.write(new Uint8Array(PIECE).fill(++pieces));
    socket.resume();
    const length = () => received.reduce((sum, chunk) => sum + chunk.length, 0);
    while (length() < pieces * PIECE) await Bun.sleep(1);
    expect(stream.unsent).toBe(0);
    expect(stream.bytesSent).toBe(pieces * PIECE);
    const all = Buffer.concat(received);
    for (let piece = 0; piece < pieces; piece++)
      expect(
        Buffer.compare(all.subarray(piece * PIECE, (piece + 1) * PIECE), Buffer.alloc(PIECE, piece + 1)),
      ).toBe(0);
    listener.stop(true);
    await stream.gone;
  });

  test("ends the connection where the peer never reads", async () => {
    const { stream, closed, listener } = await paused();
    for (let piece = 0; piece < 64; piece++) stream.write(new Uint8Array(PIECE));
    expect(await closed).toMatchObject({ code: "limit" });
    listener.stop(true);
  });
});

test("a port nobody listens on is a disconnection that names it", async () => {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const { port } = listener;
  listener.stop(true);
  const closed = Promise.withResolvers<PvaError>();
  const stream = new TcpStream(
    { host: "127.0.0.1", port },
    { opened: () => undefined, received: () => false, closed: (error) => closed.resolve(error) },
  );
  const error = await closed.promise;
  expect(error.code).toBe("disconnected");
  expect(error.message).toContain(`127.0.0.1:${port}`);
  await stream.gone;
});

describe.skipIf(openDirectReader() === undefined)("what is read ahead", () => {
  test("continues where the chunks stopped, and they continue behind it", async () => {
    const sent = Buffer.from(Uint8Array.from({ length: 4 * PIECE }, (_, index) => (index * 31) >> 5));
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void socket.write(sent), drain: () => undefined, data: () => undefined },
    });
    const parts: Uint8Array[] = [];
    let ahead = 0;
    const enough = Promise.withResolvers<undefined>();
    const stream: TcpStream = new TcpStream(
      { host: "127.0.0.1", port: listener.port },
      {
        opened: () => undefined,
        received(chunk) {
          parts.push(chunk);
          const view = new Uint8Array(new SharedArrayBuffer(100_000));
          const count = stream.readInto(view);
          parts.push(view.subarray(0, count));
          ahead += count;
          if (parts.reduce((sum, { length }) => sum + length, 0) >= PIECE) enough.resolve(undefined);
          return false;
        },
        closed: () => enough.resolve(undefined),
      },
    );
    await enough.promise;
    const got = Buffer.concat(parts);
    expect(got.length).toBeGreaterThanOrEqual(PIECE);
    expect(Buffer.compare(got, sent.subarray(0, got.length))).toBe(0);
    expect(ahead).toBeGreaterThan(0);
    stream.close(new PvaError("closed", "done"));
    listener.stop(true);
    await stream.gone;
  });
});

describe("the memory of chunks", () => {
  test("is given back at once where nobody needs it, and left where somebody does or it is little", async () => {
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        // The next one when the one before has been taken, so that each is a chunk.
        open: (socket) => void socket.write(new Uint8Array(50_000)),
        data: (socket, [ask]) => void socket.write(new Uint8Array(ask === 1 ? 50_000 : 50)),
      },
    });
    const chunks: { readonly chunk: Uint8Array; readonly length: number }[] = [];
    const small = Promise.withResolvers<undefined>();
    const answers = [true, false, true];
    const stream: TcpStream = new TcpStream(
      { host: "127.0.0.1", port: listener.port },
      {
        opened: () => undefined,
        received(chunk) {
          const spent = answers[chunks.length]!;
          chunks.push({ chunk, length: chunk.length });
          if (chunks.length === 3) small.resolve(undefined);
          else stream.write(new Uint8Array([chunks.length]));
          return spent;
        },
        closed: (error) => small.reject(error),
      },
    );
    await small.promise;
    expect(chunks.map(({ length }) => length)).toEqual([50_000, 50_000, 50]);
    expect(chunks.map(({ chunk }) => chunk.length)).toEqual([0, 50_000, 50]);
    stream.close(new PvaError("closed", "done"));
    listener.stop(true);
    await stream.gone;
  });
});

/** Writes for ever, from a process of its own: only so can it be faster than the reader. */
const FLOOD = `
const block = new Uint8Array(1 << 22);
const pump = (socket) => { while (socket.write(block) > 0); };
console.log(Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { open: pump, drain: pump, data() {} } }).port);
`;

test("a server faster than we are leaves the event loop its turns", async () => {
  const flood = Bun.spawn([process.execPath, "-e", FLOOD], { stdout: "pipe" });
  const { value } = await flood.stdout.getReader().read();
  const enough = Promise.withResolvers<undefined>();
  let received = 0;
  let inThisTurn = 0;
  let most = 0;
  const stream = new TcpStream(
    { host: "127.0.0.1", port: Number(new TextDecoder().decode(value)) },
    {
      opened: () => undefined,
      received: (chunk) => {
        received += chunk.length;
        inThisTurn += chunk.length;
        most = Math.max(most, inThisTurn);
        const slow = performance.now() + 2;
        while (performance.now() < slow);
        if (received > 40_000_000) enough.resolve(undefined);
        return false;
      },
      closed: () => enough.resolve(undefined),
    },
  );
  const turns = setInterval(() => (inThisTurn = 0), 0);
  await enough.promise;
  clearInterval(turns);
  stream.close(new PvaError("closed", "test over"));
  await stream.gone;
  flood.kill();
  await flood.exited;
  expect(received).toBeGreaterThan(40_000_000);
  expect(most).toBeLessThan(2 * 1024 * 1024);
});
