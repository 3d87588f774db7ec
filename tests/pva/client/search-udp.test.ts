import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { BE, type ByteList, bytes } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import { ScriptedPeer, searchedChannels, uintAt } from "../../support/pva-peer.ts";
import { LE } from "../../support/pva-bytes.ts";

interface Datagram {
  readonly data: Uint8Array;
  readonly port: number;
}

let clock: JumpingClock;
let socket: Socket;
let client: PvaClient;
let arrived: Datagram[];
let wake: () => void;

beforeEach(async () => {
  arrived = [];
  wake = () => undefined;
  socket = createSocket("udp4");
  socket.on("message", (data, { port }) => {
    arrived.push({ data: new Uint8Array(data), port });
    wake();
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  client = new PvaClient({
    clock: (clock = new JumpingClock()),
    autoAddressList: false,
    addressList: [{ host: "127.0.0.1", port: socket.address().port }],
  });
});

afterEach(async () => {
  await client.close();
  await new Promise<void>((resolve) => socket.close(resolve));
});

async function nextDatagram(): Promise<Datagram> {
  while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve));
  return arrived.shift()!;
}

/** A datagram that says `cids` are at `port` of the address it comes from. */
const found = (port: number, cids: readonly number[], { protocol = "tcp", yes = 1 } = {}): ByteList =>
  BE.message(4, [
    Array<number>(12).fill(1),
    BE.u32(1),
    BE.ipv4("0.0.0.0"),
    BE.u16(port),
    BE.string(protocol),
    yes,
    BE.u16(cids.length),
    cids.map((cid) => BE.u32(cid)),
  ]);

/** Sends from another port than the search went to, as old C++ servers do. */
async function answer(port: number, ...list: ByteList): Promise<void> {
  const other = createSocket("udp4");
  await new Promise<void>((resolve) => other.send(bytes(list), port, "127.0.0.1", () => resolve()));
  await new Promise<void>((resolve) => other.close(resolve));
}

describe("a search by UDP", () => {
  test("names the channels, how to answer, and that it was sent to one address", async () => {
    client.monitor("A", {}, new RecordingListener());
    const { data, port } = await nextDatagram();
    expect([...data.subarray(0, 4)]).toEqual([0xca, 2, 0x80, 3]);
    const payload = data.subarray(8);
    expect(payload[4]).toBe(0x80);
    expect(payload.subarray(8, 24)).toEqual(new Uint8Array(16));
    expect(uintAt(payload, 24, 2, BE)).toBe(port);
    expect(searchedChannels(payload, BE)).toEqual([{ cid: 1, name: "A" }]);
  });

  test("finds the server at the address its answer comes from", async () => {
    const peer = new ScriptedPeer(LE);
    client.monitor("A", {}, new RecordingListener());
    const { port } = await nextDatagram();
    await answer(port, found(peer.port, [1]));
    const connection = await peer.accept();
    await connection.handshake();
    await connection.answerCreate(44);
    await connection.next(13);
    peer.close();
  });

  test("leads to a connection that ends some seconds after its last channel", async () => {
    const peer = new ScriptedPeer(LE);
    const monitor = client.monitor("A", {}, new RecordingListener());
    const { port } = await nextDatagram();
    await answer(port, found(peer.port, [1]));
    const connection = await peer.accept();
    await connection.handshake();
    await connection.answerCreate(44);
    monitor.stop();
    const { payload } = await connection.next(8);
    connection.send(LE.message(8, [[...payload]]), LE.message(2, [1]));
    while (client.statistics.connections[0]!.channels > 0) await Bun.sleep(1);
    clock.jump(4900);
    await Bun.sleep(1);
    expect(client.statistics.connections).toHaveLength(1);
    const { totals } = client.statistics;
    const { bytesReceived, bytesSent, messagesReceived } = client.statistics.connections[0]!;
    expect(totals).toEqual({ opened: 1, bytesReceived, bytesSent, messagesReceived });
    expect(bytesReceived).toBeGreaterThan(0);
    clock.jump(100);
    await connection.closed.promise;
    expect(client.statistics.connections).toHaveLength(0);
    expect(client.statistics.totals).toEqual(totals);
    peer.close();
  });

  test("ignores answers that are broken, negative, foreign or for nobody", async () => {
    const peer = new ScriptedPeer(LE);
    const wrong = new ScriptedPeer(LE);
    const listener = new RecordingListener();
    client.monitor("A", {}, listener);
    const { port } = await nextDatagram();
    await answer(port, [1, 2, 3]);
    await answer(
      port,
      bytes(found(wrong.port, [1]))
        .subarray(0, 30)
        .join()
        .split(",")
        .map(Number),
    );
    await answer(port, found(wrong.port, [1], { yes: 0 }));
    await answer(port, found(wrong.port, [1], { protocol: "tls" }));
    await answer(port, found(wrong.port, [77]));
    await answer(port, found(0, [1]));
    await answer(port, found(peer.port, [1]));
    await peer.accept();
    expect(wrong.all).toHaveLength(0);
    peer.close();
    wrong.close();
  });

  test("spreads many names over datagrams of at most 1400 bytes", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `BL01T-DI-CAM-01:LONG:PREFIX:${index}:OUTPUT`);
    for (const name of names) client.monitor(name, {}, new RecordingListener());
    const seen = new Set<string>();
    while (seen.size < names.length) {
      const { data } = await nextDatagram();
      expect(data.length).toBeLessThanOrEqual(1400);
      for (const { name } of searchedChannels(data.subarray(8), BE)) seen.add(name);
    }
    expect([...seen].sort()).toEqual([...names].sort());
  });
});

test("a search by broadcast says that it is one, and reaches whoever listens to it", async () => {
  const everybody = createSocket("udp4");
  await new Promise<void>((resolve) => everybody.bind(0, "0.0.0.0", resolve));
  const heard = new Promise<Uint8Array>((resolve) =>
    everybody.once("message", (data) => resolve(new Uint8Array(data))),
  );
  const broadcaster = new PvaClient({
    autoAddressList: true,
    interfaces: ["127.0.0.1"],
    broadcastPort: everybody.address().port,
  });
  broadcaster.monitor("A", {}, new RecordingListener());
  const payload = (await heard).subarray(8);
  expect(payload[4]).toBe(0);
  expect(searchedChannels(payload, BE)).toEqual([{ cid: 1, name: "A" }]);
  await broadcaster.close();
  await new Promise<void>((resolve) => everybody.close(resolve));
});
