import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ntScalar, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { foundLines } from "../../scripts/pva/search-text.ts";
import { freeUdpPort } from "../support/python.ts";
import { type Outcome, runPva } from "./run.ts";

const pv = new SharedPv(ntScalar("double"), { initial: { value: 1 } });
let first: PvaServer;
let second: PvaServer;
let searchPort: number;

beforeAll(async () => {
  searchPort = await freeUdpPort();
  const provider = (names: string) => (name: string) => (names.includes(name) ? pv : undefined);
  first = await PvaServer.listen({ host: "127.0.0.1", port: 0, searchPort, provider: provider("XY") });
  second = await PvaServer.listen({ host: "127.0.0.1", port: 0, provider: provider("X") });
});
afterAll(async () => {
  await first.close();
  await second.close();
});

function search(...words: readonly string[]): Promise<Outcome> {
  return runPva(["search", ...words], {
    EPICS_PVA_ADDR_LIST: `127.0.0.1:${searchPort}`,
    EPICS_PVA_NAME_SERVERS: `127.0.0.1:${first.address.port} 127.0.0.1:${second.address.port}`,
  });
}

describe("search", () => {
  test("tells server, id, way and time of each answer, and that two servers claim one name", async () => {
    const { out, err, code } = await search("X", "Y");
    expect([err, code]).toEqual(["", 0]);
    const where = `127\\.0\\.0\\.1:${first.address.port}`;
    const line = `^Y {2}${where} tcp, guid [0-9a-f]{24}, answered by`;
    expect(out).toMatch(new RegExp(`${line} UDP from 127\\.0\\.0\\.1:${searchPort} after [0-9.]+ ms$`, "m"));
    expect(out).toMatch(new RegExp(`${line} TCP from ${where} after [0-9.]+ ms$`, "m"));
    expect(out).toContain("X  2 servers claim this name");
    expect(out).not.toContain("Y  2 servers");
  });

  test("says of a name that nobody has what was asked and what to try, and ends with 1", async () => {
    const { out, err, code } = await search("-w", "0.3", "NOBODY");
    expect([out, code]).toEqual(["", 1]);
    expect(err).toStartWith(
      `NOBODY: no server answered within 0.3 s; asked: UDP 127.0.0.1:${searchPort}, name server`,
    );
    for (const hint of ["EPICS_PVA_ADDR_LIST", "EPICS_PVA_NAME_SERVERS", "firewall"])
      expect(err).toContain(hint);
  });

  test("asks a server given alone, as an option or in the name", async () => {
    const server = `127.0.0.1:${second.address.port}`;
    expect((await search("--server", server, "X")).out).toContain(`X  ${server} tcp`);
    const inName = await search("-w", "0.3", `pva://${server}/Y`);
    expect(inName.err).toContain(`only ${server} was asked`);
    expect(inName.code).toBe(1);
  });
});

test("one server under two addresses is no second server, and what it says cannot write on the terminal", () => {
  const answer = { guid: "07", transport: "UDP", from: "10.0.0.7:5076", roundTripMs: undefined } as const;
  const lines = foundLines("X\u001b[2J", [
    { ...answer, server: "10.0.0.7:5075", protocol: "tcp" },
    { ...answer, server: "10.1.0.7:5075", protocol: "t\u202ep" },
  ]);
  expect(lines).toEqual([
    "X\\u{1b}[2J  10.0.0.7:5075 tcp, guid 07, answered by UDP from 10.0.0.7:5076",
    "X\\u{1b}[2J  10.1.0.7:5075 t\\u{202e}p, guid 07, answered by UDP from 10.0.0.7:5076",
    "X\\u{1b}[2J  one server, under 2 addresses",
  ]);
});
