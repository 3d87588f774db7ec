import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:tls";
import { RawClient, unchunked } from "../http/raw-client.ts";
import { SocketClient } from "../http/socket-client.ts";
import { Certificate, withoutOpenSsl } from "../support/certificate.ts";
import { Run } from "../support/run.ts";

setDefaultTimeout(20_000);

const HERE = ["--host", "127.0.0.1", "--port", "0", "--sim"];
/** 100 kB a picture: far more than a connection holds of somebody who does not read. */
const CAMERA = "SIM:noise:400x300:uint8@20";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

async function start(...flags: string[]): Promise<{ run: Run; port: number }> {
  const run = new Run([...HERE, ...flags]);
  cleanUp.push(() => run[Symbol.asyncDispose]());
  return { run, port: await run.port() };
}

async function watch(port: number, howMany: number, reading: boolean): Promise<RawClient[]> {
  const asked = Array.from({ length: howMany }, () =>
    RawClient.get(port, `/mjpg/${CAMERA}`, "curl/8", { reading }),
  );
  const clients = await Promise.all(asked);
  if (reading) await Promise.all(clients.map((client) => client.until((text) => text.includes("\xff\xd9"))));
  cleanUp.push(() => clients.forEach((client) => client.close()));
  return clients;
}

/** Takes a stream apart: the pictures that are whole, and what is behind them. */
function pictures(body: string): { whole: number; rest: string } {
  let rest = body.slice("--frame\r\n".length);
  for (let whole = 0; ; whole++) {
    const [head, length] = /^.*?\r\nContent-Length: (\d+)\r\n.*?\r\n\r\n/su.exec(rest) ?? [];
    if (head === undefined) return { whole, rest };
    const jpeg = rest.slice(head.length, head.length + Number(length));
    const after = rest.slice(head.length + jpeg.length);
    if (!jpeg.startsWith("\xff\xd8") || !jpeg.endsWith("\xff\xd9") || !after.startsWith("\r\n--frame\r\n"))
      return { whole, rest };
    rest = after.slice("\r\n--frame\r\n".length);
  }
}

test("50 viewers, 20 of whom never read, are left within 1 s, and who reads gets no half picture", async () => {
  const { run, port } = await start();
  const readers = await watch(port, 20, true);
  await watch(port, 20, false);
  const sockets = Array.from({ length: 10 }, () => new SocketClient({ port }, `/ws/mjpg/${CAMERA}`));
  await Promise.all(sockets.map((socket) => socket.until((all) => all.pictures.length > 0)));
  const kept = await RawClient.get(port, "/healthz");
  await kept.until((text) => text.includes("ok\n"));

  const asked = performance.now();
  run.signal("SIGTERM");
  expect(await run.exitCode).toBe(0);
  expect(performance.now() - asked).toBeLessThan(1000);

  for (const reader of readers) {
    const text = await reader.untilClosed();
    expect(text).toEndWith("0\r\n\r\n");
    const { whole, rest } = pictures(unchunked(text));
    expect(whole).toBeGreaterThan(0);
    expect(rest).toBe("");
  }
  for (const socket of sockets) expect((await socket.closed).code).toBe(1001);
  await kept.untilClosed();
});

test("a second signal ends it where it stands", async () => {
  const { run, port } = await start("--log-level", "info");
  // Who does not read holds the orderly stop up, so that there is time for a second signal.
  await watch(port, 5, false);
  const [reader] = await watch(port, 1, true);
  run.signal("SIGTERM");
  // The stream has ended, and so the first signal has been heard.
  await reader!.until((text) => text.endsWith("0\r\n\r\n"));
  run.signal("SIGTERM");
  expect(await run.exitCode).toBe(143);
});

describe.skipIf(withoutOpenSsl())("over TLS", () => {
  test("viewers who never read hold a stop up for less than 1 s, and a stream ends at a whole picture", async () => {
    const certificate = Certificate.make("stop");
    cleanUp.push(() => certificate[Symbol.dispose]());
    const { run, port } = await start("--tls-cert", certificate.cert, "--tls-key", certificate.key);
    const stream = await fetch(`https://127.0.0.1:${port}/mjpg/${CAMERA}`, {
      tls: { rejectUnauthorized: false },
    });
    const body = stream.arrayBuffer();
    const deaf = Array.from({ length: 10 }, () => {
      const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
      socket.on("error", () => {}).pause();
      socket.write(`GET /mjpg/${CAMERA} HTTP/1.1\r\nHost: x\r\n\r\n`);
      cleanUp.push(() => socket.destroy());
      return new Promise((resolve) => socket.once("secureConnect", resolve));
    });
    await Promise.all(deaf);
    // Every one of them is a viewer by then, for this one has come after them.
    const last = await fetch(`https://127.0.0.1:${port}/healthz`, { tls: { rejectUnauthorized: false } });
    expect(last.status).toBe(200);

    const asked = performance.now();
    run.signal("SIGTERM");
    expect(await run.exitCode).toBe(0);
    expect(performance.now() - asked).toBeLessThan(1000);
    const { whole, rest } = pictures(Buffer.from(await body).toString("latin1"));
    expect(whole).toBeGreaterThan(0);
    expect(rest).toBe("");
  });
});
