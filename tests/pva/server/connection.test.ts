import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { bytes, hex, LE } from "../../support/pva-bytes.ts";
import { heard, Host, text } from "./host.ts";

let host: Host;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(() => host.end());

describe("the handshake", () => {
  test("begins with the byte order and the methods accepted", async () => {
    const client = await host.connect();
    expect(await heard(client, 1)).toBe(
      text(LE.u32(0x10000), LE.u16(0x7fff), 2, LE.string("anonymous"), LE.string("ca")),
    );
    expect(client.log[0]).toMatchObject({ flags: 0x41, command: 2 });
  });

  test("ends well for a client that names itself", async () => {
    const client = await host.connect();
    await client.next(1);
    const credentials = hex('80 00 02 04 "user" 60 04 "host" 60 02 "op" 03 "ws1"');
    client.say(1, [LE.u32(0x10000), LE.u16(0x7fff), LE.u16(0), LE.string("ca"), credentials]);
    expect(await heard(client, 9)).toBe("ff");
  });

  test("is given five seconds", async () => {
    const client = await host.connect();
    await client.next(1);
    await host.clock.advance(4999);
    expect(host.server.statistics.connections).toBe(1);
    await host.clock.advance(1);
    await client.closed;
    expect(host.server.statistics.connections).toBe(0);
  });

  test("comes before everything else", async () => {
    const client = await host.connect();
    await client.next(1);
    client.say(7, [LE.u16(1), LE.u32(1), LE.string("PV")]);
    await client.closed;
    expect(client.log.some(({ command }) => command === 7)).toBe(false);
  });
});

describe("liveness", () => {
  test("is told by echoes with the same payload, and by control echoes", async () => {
    const client = await host.validated();
    client.say(2, hex("01 02 03"));
    expect(await heard(client, 2)).toBe("01 02 03");
    client.send(LE.control(3, 0x1234, false));
    await client.settled();
    expect(client.log.find(({ flags, command }) => (flags & 1) === 1 && command === 4)?.payload).toEqual(
      bytes(LE.u32(0x1234)),
    );
  });

  test("ends after forty silent seconds, counted from the last byte", async () => {
    const client = await host.validated();
    await host.clock.advance(39_000);
    await client.settled();
    await host.clock.advance(39_000);
    expect(host.server.statistics.connections).toBe(1);
    await host.clock.advance(1000);
    await client.closed;
  });
});

describe("bytes that make no sense", () => {
  test.each([
    ["a wrong magic", hex("cb 02 00 02 00 00 00 00")],
    ["a message from a server", LE.message(2, [])],
    ["a message longer than any request", hex("ca 02 00 03 ff ff ff 7f")],
    ["a monitor request cut short", LE.message(13, hex("01 00 00"), { fromServer: false })],
    [
      "a type that nests for ever",
      LE.message(10, [LE.u32(1), LE.u32(1), 8, Array<number>(60_000).fill(0x88)], { fromServer: false }),
    ],
  ])("close the connection: %s", async (_, data) => {
    const client = await host.validated();
    client.send(data);
    await client.closed;
  });

  test("do no harm to other clients", async () => {
    const [good, bad] = [await host.validated(), await host.validated()];
    bad.send(hex("00 00 00 00 00 00 00 00"));
    await bad.closed;
    await good.settled();
  });

  test("are skipped if they are only a command nobody knows", async () => {
    const client = await host.validated();
    client.say(99, hex("01 02 03"));
    await client.settled();
  });
});

describe("search on the circuit", () => {
  const search = (flags: number, names: readonly string[]): readonly (number | readonly number[])[] => [
    LE.u32(0x66),
    flags,
    [0, 0, 0],
    Array<number>(16).fill(0),
    LE.u16(0),
    [1, ...LE.string("tcp")],
    LE.u16(names.length),
    names.flatMap((name, index) => [...LE.u32(10 + index), ...LE.string(name)]),
  ];

  test("finds the names there are, at any address and our port", async () => {
    const client = await host.validated();
    client.say(3, search(0x80, ["NOBODY", "PV", "EMPTY"]));
    const answer = await heard(client, 4);
    expect(answer.slice(12 * 3)).toBe(
      text(
        LE.u32(0x66),
        Array<number>(16).fill(0),
        LE.u16(host.server.address.port),
        LE.string("tcp"),
        1,
        LE.u16(2),
        LE.u32(11),
        LE.u32(12),
      ),
    );
  });

  test("says nothing about unknown names unless asked to", async () => {
    const client = await host.validated();
    client.say(3, search(0x80, ["NOBODY"]));
    await client.settled();
    expect(client.log.filter(({ command, flags }) => command === 4 && (flags & 1) === 0)).toEqual([]);
    client.say(3, search(0x81, ["NOBODY"]));
    expect((await heard(client, 4)).slice(-8)).toBe("00 00 00");
  });
});
