import { afterEach, beforeEach, expect, test } from "bun:test";
import { MAX_CHANNELS, MAX_CONNECTIONS_PER_HOST, MAX_OPERATIONS } from "../../../server/pva/server/limits.ts";
import { LE } from "../../support/pva-bytes.ts";
import { RawClient } from "../../support/pva-raw-client.ts";
import { EVERYTHING, heard, Host, text } from "./host.ts";

let host: Host;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(() => host.end());

test("a connection has only so many channels, and room again when one is destroyed", async () => {
  const client = await host.validated();
  for (let cid = 1; cid <= MAX_CHANNELS; cid++) await client.open("PV", cid);
  const create = [LE.u16(1), LE.u32(9999), LE.string("PV")];
  client.say(7, create);
  expect(await heard(client, 7)).toBe(
    text(LE.u32(9999), LE.u32(0xffffffff), 3, LE.string("too many channels"), 0),
  );
  client.say(8, [LE.u32(1), LE.u32(1)]);
  client.say(7, create);
  expect(await heard(client, 7)).toBe(text(LE.u32(9999), LE.u32(MAX_CHANNELS + 1), 0xff));
});

test("a connection has only so many operations, and room again when one is destroyed", async () => {
  const client = await host.validated();
  const sid = await client.open("PV");
  const init = (ioid: number): void => client.say(10, [LE.u32(sid), LE.u32(ioid), 0x08, EVERYTHING]);
  for (let ioid = 1; ioid <= MAX_OPERATIONS; ioid++) {
    init(ioid);
    await client.next(10);
  }
  init(9999);
  expect(await heard(client, 10)).toBe(text(LE.u32(9999), 0x08, 2, LE.string("too many operations"), 0));
  client.say(15, [LE.u32(sid), LE.u32(1)]);
  init(9999);
  expect(await heard(client, 10)).toStartWith(text(LE.u32(9999), 0x08, 0xff));
});

test("a channel beyond the limit is refused before its PV is asked for, which might make it", async () => {
  const asked: string[] = [];
  const made = await Host.start({ provider: (name) => (asked.push(name), host.pv) });
  const client = await made.validated();
  for (let cid = 1; cid <= MAX_CHANNELS; cid++) await client.open("PV", cid);
  client.say(7, [LE.u16(1), LE.u32(9999), LE.string("ONE MORE")]);
  expect(await heard(client, 7)).toContain(text(LE.string("too many channels")));
  expect(asked).toHaveLength(MAX_CHANNELS);
  await made.end();
});

test("a host has only so many connections: one more is closed, which is said once a minute, and room is made by one that goes", async () => {
  await host.end();
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const warning = (message: string): void => void warnings.push(message);
  host = await Host.start({ log: { debug: quiet, info: quiet, warning, error: quiet } });
  const clients: RawClient[] = [];
  for (let count = 1; count <= MAX_CONNECTIONS_PER_HOST; count++) clients.push(await host.connect());
  while (host.server.statistics.connections < MAX_CONNECTIONS_PER_HOST)
    await new Promise((resolve) => setImmediate(resolve));
  const turnedAway = await host.connect();
  await turnedAway.closed;
  expect(turnedAway.log).toEqual([]);
  await (
    await host.connect()
  ).closed;
  expect(warnings).toHaveLength(1);
  clients[0]!.close();
  while (host.server.statistics.connections === MAX_CONNECTIONS_PER_HOST)
    await new Promise((resolve) => setImmediate(resolve));
  await (await host.validated()).settled();
});

test("a client that is gone before it is accepted is let go, without a fault of ours", async () => {
  await host.end();
  const said: string[] = [];
  const say = (message: string, properties?: object): void =>
    void said.push(message, JSON.stringify(properties));
  host = await Host.start({ log: { debug: say, info: say, warning: say, error: say } });
  const { port } = host.server.address;
  // While another process comes and goes we accept nobody.
  const comeAndGo = `for (let i = 0; i < 20; i++) await new Promise((close) =>
    Bun.connect({ hostname: "127.0.0.1", port: ${port}, socket: { open: (s) => s.terminate(), close, data() {} } }));`;
  expect(Bun.spawnSync([process.execPath, "-e", comeAndGo]).exitCode).toBe(0);
  await (await host.validated()).settled();
  expect(said).toEqual([]);
});
