import { afterEach, expect, test } from "bun:test";
import { findServers, ntScalar, PvaServer, SharedPv } from "../../../server/pva/index.ts";
import { freeUdpPort } from "../../support/python.ts";

const servers: PvaServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server on loopback that has these names. */
async function host(names: readonly string[], searchPort?: number): Promise<string> {
  const pv = new SharedPv(ntScalar("double"), { initial: { value: 1 } });
  const server = await PvaServer.listen({
    port: 0,
    provider: (name) => (names.includes(name) ? pv : undefined),
    ...(searchPort === undefined ? {} : { searchPort, host: "127.0.0.1" }),
  });
  servers.push(server);
  return `127.0.0.1:${server.address.port}`;
}

const nobody = { autoAddressList: false } as const;

function endpoint(address: string): { host: string; port: number } {
  const [name = "", port] = address.split(":");
  return { host: name, port: Number(port) };
}

test("every server that claims a name is told, with its address and id", async () => {
  const [first, second] = [await host(["X", "Y"]), await host(["X"])];
  const nameServers = [endpoint(first), endpoint(second)];
  const found = await findServers(["X", "Y"], { ...nobody, nameServers }, { timeoutMs: 5000 });
  const claims = found.get("X")!;
  expect(claims.map(({ server }) => server).sort()).toEqual([first, second].sort());
  expect(new Set(claims.map(({ guid }) => guid)).size).toBe(2);
  expect(claims[0]).toMatchObject({ protocol: "tcp", transport: "TCP" });
  expect(claims[0]!.guid).toMatch(/^[\da-f]{24}$/);
  expect(claims[0]!.roundTripMs).toBeGreaterThanOrEqual(0);
  expect(found.get("Y")!.map(({ server }) => server)).toEqual([first]);
});

test("an answer by UDP says so", async () => {
  const port = await freeUdpPort();
  const server = await host(["X"], port);
  const options = { ...nobody, addressList: [{ host: "127.0.0.1", port }] };
  const found = await findServers(["X"], options, { timeoutMs: 5000 });
  expect(found.get("X")).toMatchObject([{ server, transport: "UDP", from: `127.0.0.1:${port}` }]);
});

test("a name that nobody claims has no servers when the time is over", async () => {
  const nameServers = [endpoint(await host(["X"]))];
  const found = await findServers(["X", "NOBODY"], { ...nobody, nameServers }, { timeoutMs: 200 });
  expect(found.get("NOBODY")).toEqual([]);
  expect(found.get("X")).toHaveLength(1);
});

test("a server given is asked alone, and so is the one in a name", async () => {
  const [first, second] = [await host(["X"]), await host(["X"])];
  const options = { ...nobody, nameServers: [endpoint(first)] };
  const of = async (name: string, server?: string): Promise<unknown> => {
    const found = await findServers([name], options, {
      timeoutMs: 5000,
      ...(server === undefined ? {} : { server }),
    });
    return found.get(name)!.map((each) => each.server);
  };
  expect(await of("X", second)).toEqual([second]);
  expect(await of(`pva://${second}/X`)).toEqual([second]);
  expect(await of("X")).toEqual([first]);
});
