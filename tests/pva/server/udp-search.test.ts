import { createSocket, type Socket } from "node:dgram";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { ntScalar, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import type { Search } from "../../../server/pva/message/search.ts";
import { LocalNetworks } from "../../../server/pva/server/local-networks.ts";
import { replyEndpoint } from "../../../server/pva/server/udp-search.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { BE, bytes, type ByteList, hexOf, LE, type Wire } from "../../support/pva-bytes.ts";

const ANY = Array<number>(16).fill(0);

let server: PvaServer;
let seeker: Seeker;

beforeEach(async () => {
  const pv = new SharedPv(ntScalar("int"));
  server = await PvaServer.listen({
    port: 0,
    searchPort: 0,
    provider: (name) => (name === "PV" ? pv : undefined),
  });
  seeker = await Seeker.open(server.searchPort!);
});

afterEach(async () => {
  seeker.close();
  await server.close();
});

/** A socket that searches and collects what is answered. */
class Seeker {
  readonly #socket: Socket;
  readonly #serverPort: number;
  readonly #answers: Uint8Array[] = [];
  readonly #waiting: ((answer: Uint8Array) => void)[] = [];

  private constructor(socket: Socket, serverPort: number) {
    this.#socket = socket;
    this.#serverPort = serverPort;
    socket.on("message", (datagram) => {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#answers.push(datagram);
      else waiting(datagram);
    });
  }

  static async open(serverPort: number, host = "127.0.0.1"): Promise<Seeker> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, host, () => resolve()));
    return new Seeker(socket, serverPort);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(...datagram: ByteList): void {
    this.#socket.send(bytes(datagram), this.#serverPort, "127.0.0.1");
  }

  answer(): Promise<Uint8Array> {
    const answer = this.#answers.shift();
    return answer === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(answer);
  }

  close(): void {
    this.#socket.close();
  }
}

interface Wish {
  readonly wire?: Wire;
  readonly flags?: number;
  readonly address?: ByteList;
  readonly port?: number;
  readonly protocols?: readonly string[];
}

function search(sequence: number, names: readonly string[], wish: Wish = {}): number[] {
  const { wire = LE, flags = 0, address = ANY, port = 0, protocols = ["tcp"] } = wish;
  const channels = names.map((name, index) => [...wire.u32(100 + index), ...wire.string(name)]);
  return wire.message(
    3,
    [
      wire.u32(sequence),
      flags,
      [0, 0, 0],
      address,
      wire.u16(port),
      protocols.length,
      protocols.map((protocol) => wire.string(protocol)),
      wire.u16(names.length),
      channels,
    ],
    { fromServer: false },
  );
}

/** An answer after its header and GUID. */
function found(sequence: number, isFound: boolean, cids: readonly number[]): string {
  const list = [ANY, LE.u16(server.address.port), LE.string("tcp"), isFound ? 1 : 0, LE.u16(cids.length)];
  return hexOf(
    bytes(
      LE.u32(sequence),
      list,
      cids.map((cid) => LE.u32(cid)),
    ),
  );
}

describe("a search over UDP", () => {
  test.each([
    ["little", LE],
    ["big", BE],
  ])("in %s-endian order is answered with the names there are", async (_, wire) => {
    seeker.send(search(7, ["NOBODY", "PV"], { wire }));
    const answer = await seeker.answer();
    expect(hexOf(answer.subarray(0, 4))).toBe("ca 02 40 04");
    expect(hexOf(answer.subarray(20))).toBe(found(7, true, [101]));
  });

  test("is answered at the port it names", async () => {
    const other = await Seeker.open(server.searchPort!);
    seeker.send(search(8, ["PV"], { port: other.port }));
    expect(hexOf((await other.answer()).subarray(20))).toBe(found(8, true, [100]));
    other.close();
  });

  test("without names is a ping, answered with found = 0", async () => {
    seeker.send(search(9, [], { flags: 0x01, protocols: [] }));
    expect(hexOf((await seeker.answer()).subarray(20))).toBe(found(9, false, []));
  });

  test("for another protocol, for unknown names or in broken datagrams is not answered, and the next one is", async () => {
    seeker.send(search(1, ["PV"], { protocols: ["tls"] }));
    seeker.send(search(2, ["NOBODY"]));
    seeker.send(search(3, ["PV"]).slice(0, -1));
    seeker.send(LE.message(3, [1, 2, 3], { fromServer: false }));
    seeker.send([0xca]);
    seeker.send(search(4, ["PV"]));
    expect(hexOf((await seeker.answer()).subarray(20))).toBe(found(4, true, [100]));
  });

  test("passed on by a neighbour, with its origin tag, is answered where it says", async () => {
    const other = await Seeker.open(server.searchPort!);
    const tag = LE.message(22, LE.ipv4("127.0.0.1"), { fromServer: false });
    seeker.send(tag, search(5, ["PV"], { address: LE.ipv4("127.0.0.1"), port: other.port }));
    expect(hexOf((await other.answer()).subarray(20))).toBe(found(5, true, [100]));
    other.close();
  });
});

test("several servers of one host share the search port", async () => {
  const second = await PvaServer.listen({
    port: 0,
    searchPort: server.searchPort!,
    provider: () => undefined,
  });
  expect(second.searchPort).toBe(server.searchPort);
  await second.close();
});

test("a search port kept by somebody else leaves the server reachable over TCP", async () => {
  const hog = createSocket("udp4");
  await new Promise<void>((resolve) => hog.bind(0, "0.0.0.0", () => resolve()));
  const second = await PvaServer.listen({
    port: 0,
    searchPort: hog.address().port,
    provider: () => undefined,
  });
  expect(second.searchPort).toBeUndefined();
  expect(second.address.port).toBeGreaterThan(0);
  hog.close();
  await second.close();
});

describe("an answer goes", () => {
  const networks = new LocalNetworks(new ManualClock(), () => [
    { address: "10.1.2.3", netmask: "255.255.255.0" },
  ]);
  const SEARCH: Search = {
    sequence: 1,
    replyRequired: false,
    unicast: false,
    replyHost: undefined,
    replyPort: 0,
    protocols: ["tcp"],
    channels: [],
  };

  test.each([
    ["10.1.2.8", undefined, 0, "10.1.2.8", 999, "back, where no address is named"],
    ["10.1.2.8", "10.1.2.9", 4000, "10.1.2.9", 4000, "to a neighbour of the sender"],
    ["10.1.2.8", "8.8.8.8", 53, "10.1.2.8", 53, "back, where a stranger is named"],
    ["10.1.2.8", "10.1.2.255", 5076, "10.1.2.8", 5076, "back, where everybody is named"],
    ["8.8.8.8", "10.1.2.9", 4000, "8.8.8.8", 4000, "back to a stranger who names one of us"],
    ["127.0.0.1", "8.8.8.8", 4000, "8.8.8.8", 4000, "where a neighbour on this host says"],
    ["127.0.0.1", "224.0.0.128", 5076, "127.0.0.1", 5076, "never to a group"],
  ])("from %s naming %p:%d to %s:%d: %s", (from, replyHost, replyPort, host, port) => {
    const source = { host: from, port: 999 };
    expect(replyEndpoint({ ...SEARCH, replyHost, replyPort }, source, networks)).toEqual({ host, port });
  });
});

test("a datagram with more names than a search has is not answered, nor are more datagrams than a client sends", async () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    error: () => undefined,
    warning: (message: string) => void warnings.push(message),
  };
  const pv = new SharedPv(ntScalar("int"));
  const searched = await PvaServer.listen({ port: 0, searchPort: 0, clock, log, provider: () => pv });
  const flood = await Seeker.open(searched.searchPort!);
  const other = await Seeker.open(searched.searchPort!, "127.0.0.2");
  const sequenceOf = (answer: Uint8Array): number =>
    new DataView(answer.buffer, answer.byteOffset).getUint32(20, true);
  flood.send(search(1, Array<string>(2001).fill("X")));
  // Answers are read one by one, so that no buffer overflows and the numbers are exact.
  for (let sequence = 2; sequence <= 1001; sequence++) {
    flood.send(search(sequence, ["X"]));
    expect(sequenceOf(await flood.answer())).toBe(sequence);
  }
  for (let sequence = 1002; sequence <= 1101; sequence++) flood.send(search(sequence, ["X"]));
  other.send(search(5, ["X"]));
  expect(sequenceOf(await other.answer())).toBe(5);
  await clock.advance(10);
  flood.send(search(7777, ["X"]));
  expect(sequenceOf(await flood.answer())).toBe(7777);
  expect(warnings).toHaveLength(1);
  flood.close();
  other.close();
  await searched.close();
});
