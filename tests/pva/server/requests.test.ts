import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { hex, LE } from "../../support/pva-bytes.ts";
import { EVERYTHING, heard, Host, text, TYPE_BYTES, VALUE, VALUE_BYTES } from "./host.ts";

let host: Host;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(() => host.end());

describe("channels", () => {
  test("get an id each", async () => {
    const client = await host.validated();
    client.say(7, [LE.u16(1), LE.u32(5), LE.string("PV")]);
    expect(await heard(client, 7)).toBe(text(LE.u32(5), LE.u32(1), 0xff));
    client.say(7, [LE.u16(1), LE.u32(6), LE.string("PV")]);
    expect(await heard(client, 7)).toBe(text(LE.u32(6), LE.u32(2), 0xff));
  });

  test("with unknown names are refused as fatal, without an id", async () => {
    const client = await host.validated();
    client.say(7, [LE.u16(1), LE.u32(5), LE.string("NOBODY")]);
    expect(await heard(client, 7)).toBe(
      text(LE.u32(5), LE.u32(0xffffffff), 3, LE.string("no channel NOBODY"), 0),
    );
  });

  test("are destroyed with an echo, and their monitors with them", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(13);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.next(13);
    expect(host.pv.watchers).toBe(1);
    client.say(8, [LE.u32(sid), LE.u32(1)]);
    expect(await heard(client, 8)).toBe(text(LE.u32(sid), LE.u32(1)));
    expect(host.pv.watchers).toBe(0);
    expect(host.server.statistics).toMatchObject({ channels: 0, operations: 0 });
  });

  test("can be destroyed by the server, which says so and sends nothing more", async () => {
    const client = await host.validated();
    const sid = await client.open("PV", 9);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(13);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.next(13);
    host.server.destroyChannelsOf(host.pv);
    expect(await heard(client, 8)).toBe(text(LE.u32(sid), LE.u32(9)));
    host.pv.post(VALUE);
    await client.settled();
    expect(client.log.filter(({ command }) => command === 13)).toHaveLength(2);
    expect(await client.open("PV", 10)).toBe(2);
  });

  test("of a client that hangs up are gone at once", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(13, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    client.say(13, [LE.u32(sid), LE.u32(1), 0x44]);
    await client.settled();
    expect(host.pv.watchers).toBe(1);
    client.close();
    await host.unwatched;
    expect(host.server.statistics).toMatchObject({ channels: 0, operations: 0 });
  });
});

describe("GET-FIELD", () => {
  test("tells the type of the whole or of one field", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(17, [LE.u32(sid), LE.u32(3), LE.string("")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(3), 0xff, TYPE_BYTES));
    client.say(17, [LE.u32(sid), LE.u32(4), LE.string("s.c")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(4), 0xff, 0x43));
    client.say(17, [LE.u32(sid), LE.u32(5), LE.string("s.nothing")]);
    expect(await heard(client, 17)).toBe(text(LE.u32(5), 2, LE.string("no field s.nothing"), 0));
  });
});

describe("GET", () => {
  test("gives the type at INIT and everything at each execution", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 0xff, TYPE_BYTES));
    for (let time = 0; time < 2; time++) {
      client.say(10, [LE.u32(sid), LE.u32(1), 0x00]);
      expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 0xff, hex("01 01"), VALUE_BYTES));
    }
    expect(host.pv.watchers).toBe(0);
  });

  test("sends only the fields asked for, and ends where asked to", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    const fields = hex('80 00 01 05 "field" 80 00 02 01 "s" 80 00 01 01 "c" 80 00 00 04 "what" 80 00 00');
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, fields]);
    await client.next(10);
    client.say(10, [LE.u32(sid), LE.u32(1), 0x10]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x10, 0xff, hex("01 10 00 00 00 00 00 00 f8 3f")));
    expect(host.server.statistics.operations).toBe(0);
  });

  test("says so if none of the fields exists", async () => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, hex('80 00 01 05 "field" 80 00 01 01 "x" 80 00 00')]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 2, LE.string("none of the fields x"), 0));
  });

  test("waits for the first value of a PV that has none, watching meanwhile", async () => {
    const client = await host.validated();
    const sid = await client.open("EMPTY");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    client.say(10, [LE.u32(sid), LE.u32(1), 0x00]);
    await client.settled();
    expect(host.empty.watchers).toBe(1);
    await client.next(10);
    host.empty.post(VALUE);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 0xff, hex("01 01"), VALUE_BYTES));
    expect(host.empty.watchers).toBe(0);
  });
});

describe("requests that this server does not serve", () => {
  test.each([
    [12, "PUT-GET"],
    [16, "PROCESS"],
  ])("are answered with an error: command %d", async (command, word) => {
    const client = await host.validated();
    const sid = await client.open("PV");
    client.say(command, [LE.u32(sid), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, command)).toBe(
      text(LE.u32(1), 0x08, 2, LE.string(`${word} is not supported`), 0),
    );
  });

  test("are answered with an error where the channel is unknown", async () => {
    const client = await host.validated();
    client.say(10, [LE.u32(77), LE.u32(1), 0x08, EVERYTHING]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 2, LE.string("no such channel"), 0));
    client.say(10, [LE.u32(77), LE.u32(1), 0x00]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x00, 2, LE.string("no such GET"), 0));
  });

  test("keep the types they define on the connection", async () => {
    const client = await host.validated();
    client.say(10, [LE.u32(77), LE.u32(1), 0x08, EVERYTHING]);
    await client.next(10);
    const sid = await client.open("PV");
    client.say(10, [LE.u32(sid), LE.u32(1), 0x08, hex("fe 01 00")]);
    expect(await heard(client, 10)).toBe(text(LE.u32(1), 0x08, 0xff, TYPE_BYTES));
  });
});
