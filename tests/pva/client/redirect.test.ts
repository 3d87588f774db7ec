/** Search answers that name another server than the one that answers. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { PvaClient, type PvaClientOptions, silentLog } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { BE, type ByteList, bytes, LE, type Wire } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

let clock: JumpingClock;
let gateway: ScriptedPeer;
let camera: ScriptedPeer;
let client: PvaClient | undefined;
let listener: RecordingListener;
let warnings: string[];

beforeEach(() => {
  clock = new JumpingClock();
  gateway = new ScriptedPeer(LE);
  camera = new ScriptedPeer(LE);
  client = undefined;
  listener = new RecordingListener();
  warnings = [];
});

afterEach(async () => {
  await client?.close();
  gateway.close();
  camera.close();
  expect(clock.pending).toBe(0);
});

/** The server process `guid` has channel `cid` at this address. */
function found(wire: Wire, host: string, port: number, { guid = 7, cid = 1 } = {}): ByteList {
  return wire.message(4, [
    Array<number>(12).fill(guid),
    wire.u32(1),
    wire.ipv4(host),
    wire.u16(port),
    wire.string("tcp"),
    1,
    wire.u16(1),
    wire.u32(cid),
  ]);
}

/** Searches for "A" through the gateway; returns its circuit when it has been asked. */
async function searched(options: PvaClientOptions = {}): Promise<PeerConnection> {
  client = new PvaClient({
    clock,
    autoAddressList: false,
    nameServers: [{ host: "127.0.0.1", port: gateway.port }],
    log: { ...silentLog, warning: (message) => void warnings.push(message) },
    ...options,
  });
  client.monitor("A", {}, listener);
  const circuit = await gateway.accept();
  await circuit.handshake();
  await circuit.next(3);
  return circuit;
}

/** Waits until everything sent on this circuit has been read: an echo of the header comes back. */
async function settled(circuit: PeerConnection): Promise<void> {
  const before = circuit.log.filter(({ command, flags }) => command === 4 && (flags & 1) === 1).length;
  circuit.send(LE.control(3, 5));
  while (circuit.log.filter(({ command, flags }) => command === 4 && (flags & 1) === 1).length === before)
    await Bun.sleep(1);
}

describe("an answer over TCP", () => {
  test("that names another server's address is followed there", async () => {
    const circuit = await searched();
    circuit.send(found(LE, "127.0.0.1", camera.port));
    const connection = await camera.accept();
    await connection.handshake();
    await connection.answerCreate(9);
    await connection.next(13);
    expect(circuit.log.filter(({ command, flags }) => command === 7 && (flags & 1) === 0)).toEqual([]);
    expect(listener.states.at(-1)).toEqual({ kind: "connecting", server: `127.0.0.1:${camera.port}` });
  });

  test("that names any address and a port means another port of the same host", async () => {
    const circuit = await searched();
    circuit.send(found(LE, "0.0.0.0", camera.port));
    await (await camera.accept()).handshake();
  });

  test.each([
    ["port 0", "0.0.0.0"],
    ["port 0 and another address", "192.0.2.77"],
  ])("with %s means the circuit itself", async (_, host) => {
    const circuit = await searched();
    circuit.send(found(LE, host, 0));
    await circuit.answerCreate(9);
    await circuit.next(13);
    expect(gateway.all).toHaveLength(1);
  });
});

describe("an answer over UDP", () => {
  // Another address of loopback to answer from: only Linux has them all.
  test.skipIf(process.platform !== "linux").each([
    ["that names another server's address is followed there", "127.0.0.1"],
    ["that names any address leads to its sender", "0.0.0.0"],
  ])("%s", async (_, named) => {
    const [asked, answering] = [createSocket("udp4"), createSocket("udp4")];
    await new Promise<void>((resolve) => asked.bind(0, "127.0.0.1", () => resolve()));
    await new Promise<void>((resolve) => answering.bind(0, "127.0.0.2", () => resolve()));
    const come = Promise.withResolvers<string>();
    const server = Bun.listen({
      hostname: "0.0.0.0",
      port: 0,
      // The address a client connected to is our own end of the connection.
      socket: { open: (socket) => come.resolve(socket.localAddress), data: () => undefined },
    });
    asked.once("message", (_data, { address, port }) =>
      answering.send(bytes(found(BE, named, server.port)), port, address),
    );
    client = new PvaClient({
      clock,
      autoAddressList: false,
      addressList: [{ host: "127.0.0.1", port: asked.address().port }],
    });
    client.monitor("A", {}, listener);
    expect(await come.promise).toBe(named === "0.0.0.0" ? "127.0.0.2" : named);
    server.stop(true);
    await Promise.all(
      [asked, answering].map((each) => new Promise<void>((resolve) => each.close(() => resolve()))),
    );
  });
});

describe("a forged answer", () => {
  test("for a channel nobody seeks leads nowhere", async () => {
    const circuit = await searched();
    for (const cid of [0, 2, 77, 0xffffffff]) circuit.send(found(LE, "127.0.0.1", camera.port, { cid }));
    await settled(circuit);
    expect(camera.all).toHaveLength(0);
    expect(listener.kinds).toEqual(["searching"]);
  });

  test("for a channel that has its server moves nothing, and is told once", async () => {
    const circuit = await searched();
    circuit.send(found(LE, "0.0.0.0", 0));
    await circuit.answerCreate(9);
    await circuit.next(13);
    for (let guid = 20; guid < 60; guid++) circuit.send(found(LE, "127.0.0.1", camera.port, { guid }));
    await settled(circuit);
    expect(camera.all).toHaveLength(0);
    expect(warnings).toHaveLength(1);
  });

  test("that leads to a server without the name costs one attempt, and the search goes on", async () => {
    const circuit = await searched();
    circuit.send(found(LE, "127.0.0.1", camera.port));
    const wrong = await camera.accept();
    await wrong.handshake();
    await wrong.answerCreate(0xffffffff, [2, LE.string("no such channel"), 0]);
    await listener.until(() => listener.kinds.at(-1) === "refused");
    clock.jump(500);
    await listener.until(() => listener.kinds.at(-1) === "searching");
    clock.jump(10);
    await circuit.next(3);
    circuit.send(found(LE, "0.0.0.0", 0));
    await circuit.answerCreate(9);
    await circuit.next(13);
  });

  test("that names a server which may not be connected to is passed over", async () => {
    const asked: string[] = [];
    const circuit = await searched({
      mayConnect: ({ host, port }) => {
        asked.push(`${host}:${port}`);
        return port !== camera.port;
      },
    });
    circuit.send(found(LE, "127.0.0.1", camera.port), found(LE, "0.0.0.0", 0));
    await circuit.answerCreate(9);
    expect(asked).toEqual([`127.0.0.1:${camera.port}`, `127.0.0.1:${gateway.port}`]);
    expect(camera.all).toHaveLength(0);
  });
});
