/** What is not MONITOR or GET: writing, calling and asking, with other stacks on either side. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  buildStructure,
  ntScalar,
  ntUri,
  PvaClient,
  PvaServer,
  SharedPv,
  StructureValue,
} from "../../server/pva/index.ts";
import { ForeignClient } from "../support/foreign-client.ts";
import { findPython, freePort, type Peer, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";

const p4p = findPython(["p4p", "numpy"]);
const pvapy = findPython(["pvapy", "numpy"]);
const p4pAbsent = requireTool("Python with p4p and numpy", p4p !== undefined);
const pvapyAbsent = requireTool("Python with pvapy and numpy", pvapy !== undefined);
const timeoutMs = 4000;

describe.each([
  ["p4p", p4p, "p4p_service.py", p4pAbsent],
  ["pvapy", pvapy, "pvapy_service.py", pvapyAbsent],
] as const)("our client and a server of %s", (_, python, script, absent) => {
  describe.skipIf(absent)("agree", () => {
    let peer: Peer;
    let server: string;
    let client: PvaClient;

    beforeAll(async () => {
      const port = freePort();
      const env = { EPICS_PVA_SERVER_PORT: String(port), EPICS_PVAS_SERVER_PORT: String(port) };
      peer = await startPeer([python!, script], { env });
      server = `127.0.0.1:${port}`;
      client = new PvaClient({ autoAddressList: false, nameServers: [{ host: "127.0.0.1", port }] });
    });

    afterAll(async () => {
      await client.close();
      await peer.kill();
    });

    test("on what is written", async () => {
      await client.put("number", { value: 21.5 }, { timeoutMs });
      expect((await client.get("number", { timeoutMs })).field("value")).toBe(21.5);
      await client.put("number", (now) => ({ value: Number(now.field("value")) + 1 }), { timeoutMs });
      expect((await client.get("number", { timeoutMs })).field("value")).toBe(22.5);
    });

    test("on the type", async () => {
      expect(await client.typeOf("number", { timeoutMs })).toMatchObject({ id: "epics:nt/NTScalar:1.0" });
      // pvxs does not heed which field is asked for.
      const field = await client.typeOf("number", { timeoutMs, field: "value" });
      expect(field.kind).toBe(script === "p4p_service.py" ? "structure" : "scalar");
    });

    test("on the names there are", async () => {
      expect(await client.channelsOf(server, { timeoutMs })).toContain("number");
    });
  });
});

describe.skipIf(p4pAbsent)("our client and a service of p4p", () => {
  test("agree on a call, and on what is refused", async () => {
    const peer = await startPeer([p4p!, "p4p_service.py"], { env: { EPICS_PVAS_SERVER_PORT: "0" } });
    const nameServers = [{ host: "127.0.0.1", port: Number(peer.ready) }];
    const client = new PvaClient({ autoAddressList: false, nameServers });
    try {
      const answer = await client.rpc("shout", ntUri("shout", { text: "grüße" }), { timeoutMs });
      expect(answer.field("value")).toBe("GRÜSSE");
      const refused = (name: string, value: number) =>
        client.put(name, { value }, { timeoutMs }).catch((error: unknown) => error);
      expect(await refused("number", 101)).toMatchObject({
        code: "refused",
        message: expect.stringContaining("above 100") as string,
      });
      expect(await refused("constant", 1)).toMatchObject({ code: "refused" });
    } finally {
      await client.close();
      await peer.kill();
    }
  });
});

describe.skipIf(p4pAbsent)("our server", () => {
  let server: PvaServer;
  let number: SharedPv;
  beforeAll(async () => {
    number = new SharedPv(ntScalar("double"), {
      initial: { value: 1.5 },
      onPut: (value) => number.post({ value: value.field("value") as number }, ["value"]),
    });
    const shout = new SharedPv(ntScalar("string"), {
      onCall: (argument) => {
        const text = (argument.field("query") as StructureValue).field("text") as string;
        return buildStructure(ntScalar("string"), { value: text.toUpperCase() });
      },
    });
    const pvs: Readonly<Record<string, SharedPv>> = { number, shout };
    server = await PvaServer.listen({ port: 0, searchPort: 0, provider: (name) => pvs[name] });
  });
  afterAll(() => server.close());

  test("is written to and called by p4p", async () => {
    const client = await ForeignClient.start([p4p!, "p4p_client.py"], server, "name-server");
    expect(await client.put("number", 7.25)).toBeNull();
    expect(number.newest!.field("value")).toBe(7.25);
    expect(await client.call("shout", { text: "grüße" })).toMatchObject({ value: "GRÜSSE" });
    await client.close();
  });

  test.skipIf(pvapyAbsent)("is written to by pvapy", async () => {
    const client = await ForeignClient.start([pvapy!, "pvapy_client.py"], server, "udp");
    expect(await client.put("number", 8.25)).toBeNull();
    expect(number.newest!.field("value")).toBe(8.25);
    await client.close();
  });
});
