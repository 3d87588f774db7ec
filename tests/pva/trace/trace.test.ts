import { afterEach, describe, expect, test } from "bun:test";
import {
  ntScalar,
  ntUri,
  PvaClient,
  type PvaClientOptions,
  PvaServer,
  SharedPv,
  TrafficTrace,
} from "../../../server/pva/index.ts";
import { nastyDialect } from "../../../server/pva/server/nasty/dialect.ts";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { freeUdpPort } from "../../support/python.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const temperature: SharedPv = new SharedPv(ntScalar("double"), {
  initial: { value: 1.5 },
  onPut: (value, changed) => temperature.post(value, changed),
});

/** A client whose traffic becomes blocks of text, and a server of one PV, T. */
async function start(dialect?: ReturnType<typeof nastyDialect>) {
  const server = await PvaServer.listen({
    port: 0,
    provider: (name) => (name === "T" ? temperature : undefined),
    names: () => ["T"],
    ...(dialect === undefined ? {} : { dialect }),
  });
  closing.push(() => server.close());
  const blocks: string[] = [];
  const options: PvaClientOptions = {
    autoAddressList: false,
    nameServers: [server.address],
    observer: new TrafficTrace((block) => void blocks.push(block)),
  };
  const client = new PvaClient(options);
  closing.push(() => client.close());
  return { client, server, blocks };
}

/** The one block whose first line holds all of these words. */
function blockWith(blocks: readonly string[], ...words: readonly string[]): string {
  const [found, ...others] = blocks.filter((block) => {
    const [title = ""] = block.split("\n");
    return words.every((word) => title.includes(word));
  });
  expect(others).toEqual([]);
  return found ?? "";
}

describe("the trace of a client's connection", () => {
  test("tells each message of a GET with its fields and bytes, both ways", async () => {
    const { client, server, blocks } = await start();
    await client.get("T", { timeoutMs: 1000 });
    const created = blockWith(blocks, "received from", "CREATE_CHANNEL");
    expect(created).toMatch(/^\d\d:\d\d:\d\d\.\d{3} received from 127\.0\.0\.1:\d+ TCP: CREATE_CHANNEL/);
    expect(created).toContain(
      "version 2, server, little-endian, whole, 9 bytes\n  cid 1 T, sid 1, status ok\n",
    );
    expect(created).toContain("  00000000  ca 02 40 07 09 00 00 00  01 00 00 00");
    expect(blockWith(blocks, "sent to", "CONNECTION_VALIDATION,")).toContain('method "ca"');
    expect(blockWith(blocks, `sent to 127.0.0.1:${server.address.port} TCP: SEARCH`)).toContain(
      '1 channels: "1 T"',
    );
    const replies = blocks.filter((block) => /received .*TCP: GET,/.test(block));
    expect(replies[0]).toContain("ioid 1 T, subcommand 0x08 INIT");
    expect(replies[0]).toContain("epics:nt/NTScalar:1.0\n        double value\n");
    expect(replies[1]).toMatch(/changed \{[\d, ]+\}\n/);
    expect(replies[1]).toContain("    value 1.5\n");
    expect(blockWith(blocks, "SET_BYTE_ORDER")).toContain("control SET_BYTE_ORDER");
    expect(blocks.filter((block) => block.includes("cannot be read"))).toEqual([]);
  });

  test("follows segments, cached types and big-endian order, and reads what they make together", async () => {
    const { client, blocks } = await start(
      nastyDialect({ bigEndian: true, segments: "pieces", pieceBytes: 20, references: true }),
    );
    await client.get("T", { timeoutMs: 1000 });
    await client.get("T", { timeoutMs: 1000 });
    const gets = blocks.filter((block) => /received .*GET, .*big-endian/.test(block));
    expect(gets.some((block) => block.includes("first segment"))).toBe(true);
    expect(gets.filter((block) => block.includes("last segment")).join("\n")).toContain("value 1.5");
    expect(blocks.filter((block) => block.includes("cannot be read"))).toEqual([]);
  });

  test("tells monitors, PUT, RPC and GET-FIELD", async () => {
    const { client, blocks } = await start();
    const first = Promise.withResolvers<undefined>();
    const monitor = client.monitor(
      "T",
      { pipeline: true },
      {
        state: () => undefined,
        update: () => first.resolve(undefined),
        fault: (error) => first.reject(error),
      },
    );
    await first.promise;
    await client.put("T", { value: 2.5 }, { timeoutMs: 1000 });
    await client.typeOf("T", { timeoutMs: 1000 });
    const service = { timeoutMs: 1000, server: client.statistics.connections[0]!.server };
    await client.rpc("server", ntUri("server", { op: "channels" }), service);
    monitor.stop();
    const all = blocks.join("\n");
    expect(all).toContain("INIT PIPELINE, window ");
    expect(all).toContain("subcommand 0x44 START");
    expect(all).toMatch(/PUT, .*\n.*subcommand 0x10 DESTROY\n {2}changed \{1\}\n(.*\n)* {4}value 2\.5/);
    expect(all).toContain('query.op "channels"');
    expect(all).toMatch(/ioid \d+ T, status ok\n {2}type\n {4}epics:nt\/NTScalar:1.0/);
    expect(all).toContain("overrun {");
    expect(all).not.toContain("cannot be read");
    expect(all).not.toContain("is not known");
    temperature.post({ value: 1.5 }, ["value"]);
  });

  test("tells searches by UDP and their answers", async () => {
    const searchPort = await freeUdpPort();
    const at = { host: "127.0.0.1", port: 0, searchPort, provider: () => temperature };
    const server = await PvaServer.listen(at);
    closing.push(() => server.close());
    const blocks: string[] = [];
    const client = new PvaClient({
      autoAddressList: false,
      addressList: [{ host: "127.0.0.1", port: searchPort }],
      observer: new TrafficTrace((block) => void blocks.push(block)),
    });
    closing.push(() => client.close());
    await client.get("T", { timeoutMs: 3000 });
    const asked = blocks.find((block) => block.includes(`sent to 127.0.0.1:${searchPort} UDP: SEARCH`));
    expect(asked).toContain('1 channels: "1 T"');
    const answer = blocks.find((block) => block.includes("UDP: SEARCH_RESPONSE"));
    expect(answer).toContain(`found, sequence 1, server`);
    expect(answer).toContain("cids 1\n  00000000  ca 02");
  });

  test("makes no command fail, whatever becomes of its text", async () => {
    const server = await PvaServer.listen({ port: 0, provider: () => temperature });
    closing.push(() => server.close());
    const client = new PvaClient({
      autoAddressList: false,
      nameServers: [server.address],
      observer: new TrafficTrace(() => {
        throw new Error("EPIPE");
      }),
    });
    closing.push(() => client.close());
    expect((await client.get("T", { timeoutMs: 1000 })).field("value")).toBe(1.5);
  });
});

describe("bytes that nobody can read", () => {
  const blocks: string[] = [];
  const trace = new TrafficTrace(
    (block) => void blocks.push(block),
    () => 0,
  );
  afterEach(() => void blocks.splice(0));

  test("are shown all the same, once, and the rest of the stream is not", () => {
    const observe = trace.connection("10.0.0.7:5075");
    observe("received", bytes(hex("48 54 54 50 2f 31 2e 31 20")));
    observe("received", bytes(hex("48 54 54 50 2f 31 2e 31 20")));
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toContain("not followed any further: magic 0x48 instead of 0xca");
    expect(blocks[0]).toContain("|HTTP/1.1 |");
  });

  test("cost only their own message where the header is right", () => {
    const observe = trace.connection("10.0.0.7:5075");
    observe("received", bytes(LE.message(7, [1, 2])));
    observe("received", bytes(LE.message(9, [0xff])));
    expect(blocks[0]).toContain("cannot be read: short-data: message ends early");
    expect(blocks[1]).toContain("status ok");
  });

  test("cut anywhere make the same text", () => {
    const observe = trace.connection("10.0.0.7:5075");
    for (const byte of LE.message(9, [0xff])) observe("received", Uint8Array.of(byte));
    expect(blocks).toHaveLength(1);
    expect(blocks[0]).toContain("CONNECTION_VALIDATED");
  });

  test("cannot write on the terminal", () => {
    const observe = trace.connection("evil\u001b[2J");
    observe("received", bytes(LE.message(18, [LE.u32(1), 1, LE.string("a\u001b]0;x\u0007\u202e\nb")])));
    expect(blocks[0]).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(blocks[0]).toContain('warning "a\\u{1b}]0;x\\u{7}\\u{202e}\\nb"');
  });

  test("are shown up to 256, and counted", () => {
    trace.connection("x:1")("received", bytes(LE.message(2, Array<number>(1000).fill(7))));
    expect(blocks[0]!.split("\n").filter((line) => line.includes("07 07"))).toHaveLength(16);
    expect(blocks[0]).toEndWith("… 1008 bytes");
  });

  test("of datagrams are shown message by message", () => {
    trace.datagram("received", "10.0.0.7:5076", bytes(hex("ca 02 40")));
    expect(blocks[0]).toContain("received from 10.0.0.7:5076 UDP\n  cannot be read: message header");
  });
});
