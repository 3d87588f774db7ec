import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { channelAddress } from "../../../server/pva/client/channel-address.ts";
import { PvaClient } from "../../../server/pva/index.ts";
import { JumpingClock } from "../../support/jumping-clock.ts";
import { LE } from "../../support/pva-bytes.ts";
import { RecordingListener } from "../../support/pva-client.ts";
import { type PeerConnection, ScriptedPeer } from "../../support/pva-peer.ts";

describe("the address of a channel", () => {
  test("is a name, or a server and a name", () => {
    expect(channelAddress("BL:CAM")).toMatchObject({
      name: "BL:CAM",
      server: undefined,
      ownConnection: false,
    });
    const at = { name: "BL/CAM", server: { host: "ioc1", port: 6000 } };
    expect(channelAddress("pva://ioc1:6000/BL/CAM")).toMatchObject(at);
    expect(channelAddress("BL/CAM", { server: "ioc1:6000" })).toMatchObject(at);
    expect(channelAddress("pva://ioc1/X", { server: "other" }).server).toEqual({ host: "ioc1", port: 5075 });
    expect(channelAddress("X", { server: "[::1]:7" }).server).toEqual({ host: "::1", port: 7 });
  });

  test("is equal only for channels that may be one", () => {
    const keys = [
      channelAddress("X"),
      channelAddress("X", { ownConnection: true }),
      channelAddress("X", { server: "a" }),
      channelAddress("X", { server: "b" }),
      channelAddress("X", { server: "a", ownConnection: true }),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(5);
    expect(channelAddress("pva://a:5075/X").key).toBe(channelAddress("X", { server: "a" }).key);
  });

  test("with a server that is none is refused", () => {
    expect(() => channelAddress("X", { server: "a:b:c" })).toThrow('"a:b:c": write host[:port]');
    expect(() => channelAddress("pva://h:99999/X")).toThrow("h:99999");
  });
});

describe("a channel at a known address", () => {
  let clock: JumpingClock;
  let peer: ScriptedPeer;
  let client: PvaClient;
  let listener: RecordingListener;

  beforeEach(() => {
    clock = new JumpingClock();
    peer = new ScriptedPeer(LE);
    client = new PvaClient({ autoAddressList: false, clock });
    listener = new RecordingListener();
  });

  afterEach(async () => {
    await client.close();
    peer.close();
    expect(clock.pending).toBe(0);
  });

  async function created(sid: number): Promise<PeerConnection> {
    const connection = await peer.accept();
    await connection.handshake();
    await connection.answerCreate(sid);
    return connection;
  }

  test("is not searched for", async () => {
    client.monitor(`pva://127.0.0.1:${peer.port}/A`, {}, listener);
    const connection = await created(44);
    await connection.next(13);
    expect(listener.kinds).toEqual(["connecting"]);
    expect(client.statistics.searches).toBe(0);
    expect(connection.log.map(({ command }) => command)).not.toContain(3);
  });

  test("that is refused is the reason a request gives when its time is over", async () => {
    const outcome = client.get("A", { timeoutMs: 60_000, server: `127.0.0.1:${peer.port}` });
    const failure = outcome.catch((error: unknown) => error);
    const connection = await peer.accept();
    await connection.handshake();
    await connection.answerCreate(0, [3, LE.string("no such PV"), 0]);
    connection.send(LE.message(2, []));
    while (client.statistics.connections[0]!.channels > 0) await Bun.sleep(1);
    clock.jump(60_000);
    expect(await failure).toMatchObject({ message: "A: no answer within 60000 ms: no such PV" });
  });

  test("is dialled again at least every 1.5 s", async () => {
    client.monitor("A", { server: `127.0.0.1:${peer.port}` }, listener);
    for (let loss = 0; loss < 6; loss++) {
      const connection = await peer.accept();
      const told = listener.kinds.filter((kind) => kind === "disconnected").length;
      connection.hangUp();
      await listener.until(() => listener.kinds.filter((kind) => kind === "disconnected").length > told);
      clock.jump(1500);
    }
    await (await created(44)).next(13);
  });

  test("on a connection of its own shares it with nobody", async () => {
    const server = `127.0.0.1:${peer.port}`;
    client.monitor("A", { server }, listener);
    client.monitor("B", { server }, listener);
    client.monitor("C", { server, ownConnection: true }, listener);
    const shared = await peer.accept();
    await shared.handshake();
    await shared.answerCreate(1);
    await shared.answerCreate(2);
    const own = await created(3);
    expect(Buffer.from((await own.next(13)).payload.subarray(0, 4))).toEqual(Buffer.from(LE.u32(3)));
    expect(peer.all).toHaveLength(2);
    own.hangUp();
    await listener.until(() => listener.kinds.includes("disconnected"));
    expect(listener.kinds.filter((kind) => kind === "disconnected")).toHaveLength(1);
  });
});
