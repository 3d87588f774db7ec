/** Servers that share a UDP port: what one alone can hear it passes on to the others. */
import { createSocket, type Socket } from "node:dgram";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { ntScalar, PvaClient, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import { hexOf, LE } from "../../support/pva-bytes.ts";
import { originTag, searchFor, UdpSeeker } from "../../support/udp-seeker.ts";

const LOCAL_GROUP = "224.0.0.128";

let servers: PvaServer[];
let port: number;
let seeker: UdpSeeker;

beforeEach(async () => {
  servers = [await listen("FIRST", 0)];
  port = servers[0]!.searchPort!;
  servers.push(await listen("SECOND", port), await listen("THIRD", port));
  seeker = await UdpSeeker.open();
});

afterEach(async () => {
  seeker.close();
  for (const server of servers) await server.close();
});

function listen(name: string, searchPort: number, host = "127.0.0.1"): Promise<PvaServer> {
  const pv = new SharedPv(ntScalar("string"), { initial: { value: name } });
  return PvaServer.listen({
    host,
    port: 0,
    searchPort,
    autoBeaconAddressList: false,
    provider: (wanted) => (wanted === name || wanted === "ALL" ? pv : undefined),
  });
}

/** Hears what the servers pass on. */
async function overhear(): Promise<{ readonly socket: Socket; readonly heard: Uint8Array[] }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(port, LOCAL_GROUP, () => resolve()));
  socket.addMembership(LOCAL_GROUP, "127.0.0.1");
  const heard: Uint8Array[] = [];
  socket.on("message", (datagram) => heard.push(datagram));
  return { socket, heard };
}

const NAMES = ["FIRST", "SECOND", "THIRD"] as const;

/**
 * Has every server answer once more. Each takes its datagrams in order, so whatever it was going to say to those before
 * is said when this resolves.
 */
async function allAnswerAgain(): Promise<void> {
  const before = seeker.heard.length;
  for (const name of NAMES) seeker.send(port, "127.0.0.1", searchFor(name));
  await seeker.until(before + NAMES.length);
}

/** Whether a datagram asks for one of {@link NAMES}. */
function isOfNames(hex: string): boolean {
  return NAMES.some((name) => hex.includes(hexOf(new TextEncoder().encode(name))));
}

test("each of three servers on one port is found by unicast, once", async () => {
  await allAnswerAgain();
  expect(new Set(seeker.guids).size).toBe(3);
  seeker.send(port, "127.0.0.1", searchFor("ALL"));
  await allAnswerAgain();
  await seeker.until(9);
  expect(new Set(seeker.guids.slice(3)).size).toBe(3);
  await allAnswerAgain();
  expect(seeker.heard).toHaveLength(12);
});

test("our client finds PVs of all of them by one unicast address", async () => {
  const client = new PvaClient({ autoAddressList: false, addressList: [{ host: "127.0.0.1", port }] });
  for (const name of NAMES) expect((await client.get(name, { timeoutMs: 3000 })).field("value")).toBe(name);
  await client.close();
});

test("a search is passed on once, tagged, no more unicast, and names who asks", async () => {
  const { socket, heard } = await overhear();
  seeker.send(port, "127.0.0.1", searchFor("NOBODY"));
  seeker.send(port, "127.0.0.1", searchFor("ALL", { unicast: false }));
  await seeker.until(1);
  await allAnswerAgain();
  // The last three are what was passed on of these very searches, less what the server that heard them has itself.
  expect(heard.map((datagram) => hexOf(datagram)).filter((hex) => !isOfNames(hex))).toEqual([
    hexOf(
      Uint8Array.from([
        ...LE.message(22, LE.ipv4("127.0.0.1"), { fromServer: false }),
        ...searchFor("NOBODY", { unicast: false, address: LE.ipv4("127.0.0.1"), port: seeker.port }),
      ] as number[]),
    ),
  ]);
  socket.close();
});

test("what a neighbour has passed on is never passed on again, even if it says it is unicast", async () => {
  const { socket, heard } = await overhear();
  const asked = searchFor("ALL", { unicast: true, address: LE.ipv4("127.0.0.1"), port: seeker.port });
  const neighbour = await UdpSeeker.open();
  neighbour.socket.setMulticastInterface("127.0.0.1");
  neighbour.send(port, LOCAL_GROUP, originTag(LE.ipv4("127.0.0.1")), asked);
  await seeker.until(3);
  await allAnswerAgain();
  expect(seeker.heard).toHaveLength(6);
  expect(heard.filter((datagram) => !isOfNames(hexOf(datagram)))).toHaveLength(1);
  neighbour.close();
  socket.close();
});

test("a forward that does not say who asks is not answered", async () => {
  const neighbour = await UdpSeeker.open();
  neighbour.socket.setMulticastInterface("127.0.0.1");
  neighbour.send(port, LOCAL_GROUP, originTag(LE.ipv4("127.0.0.1")), searchFor("ALL", { unicast: false }));
  neighbour.send(port, "127.0.0.1", searchFor("FIRST"));
  await neighbour.until(1);
  await allAnswerAgain();
  expect(neighbour.heard).toHaveLength(1);
  neighbour.close();
});

test("a server on all interfaces hears neighbours too, and passes on what it alone has heard", async () => {
  servers.push(await listen("EVERYWHERE", port, "0.0.0.0"));
  for (const host of ["127.0.0.1", "127.0.0.9"]) {
    const before = seeker.heard.length;
    seeker.send(port, host, searchFor("ALL"));
    await seeker.until(before + 4);
    expect(new Set(seeker.guids.slice(before, before + 4)).size).toBe(4);
    await allAnswerAgain();
    expect(seeker.heard).toHaveLength(before + 4 + NAMES.length);
  }
});
