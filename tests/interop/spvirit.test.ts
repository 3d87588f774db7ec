/** spvirit (a PVA of its own, in Rust): its camera for our client, its command line for our server. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { NTNDARRAY_PVXS, ntScalar, PvaClient, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { findPython, freePort, freeUdpPort, listening, type Peer, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";

const python = findPython(["spvirit"]);
const absent = requireTool("Python with spvirit", python !== undefined);
const timeoutMs = 4000;

/** A program of spvirit's; they lie beside the Python that has it. */
const program = (name: string): string => join(dirname(python!), name);

describe.skipIf(absent)("our client and spdodeca", () => {
  const [width, height] = [64, 48];
  let camera: Peer;
  let port: number;
  let searchPort: number;

  beforeAll(async () => {
    port = freePort();
    searchPort = await freeUdpPort();
    const size = ["--width", String(width), "--height", String(height), "--rate", "50"];
    const where = [
      "--tcp-port",
      String(port),
      "--udp-port",
      String(searchPort),
      "--listen-addr",
      "127.0.0.1",
    ];
    camera = await startPeer([program("spdodeca"), ...size, ...where], { announces: false });
    await listening(port);
  });
  afterAll(() => camera.kill());

  test.each([
    ["at its address, plainly", { pipeline: false, direct: true }],
    ["at its address, pipelined", { pipeline: true, direct: true }],
    ["found by UDP", { pipeline: false, direct: false }],
  ])("show whole frames that follow each other: %s", async (_, { pipeline, direct }) => {
    const addressList = direct ? [] : [{ host: "127.0.0.1", port: searchPort }];
    const client = new PvaClient({ autoAddressList: false, addressList });
    const seen = new RecordingListener();
    const sink = {
      acquire: ({ byteLength }: { byteLength: number }) => new Uint8Array(byteLength),
      abandon: () => undefined,
    };
    const server = direct ? { server: `127.0.0.1:${port}` } : {};
    client.monitor("DODECA:IMAGE", { pipeline, ...server, bulk: { field: "value", sink } }, seen);
    await seen.until(() => seen.updates.length >= 5);
    await client.close();
    expect(seen.faults).toEqual([]);
    for (const { bulk, value } of seen.updates) {
      expect(bulk).toMatchObject({ elementType: "ubyte", count: width * height });
      expect(bulk!.destination.some((sample) => sample !== bulk!.destination[0])).toBe(true);
      expect(value.field("dimension")).toMatchObject([
        { members: expect.arrayContaining([width]) as unknown },
        { members: expect.arrayContaining([height]) as unknown },
      ]);
    }
    const ids = seen.updates.map(({ value }) => Number(value.field("uniqueId")));
    // It may send the newest frame once as the first update and once more as news; none is left out.
    const fresh = [...new Set(ids)];
    expect(ids.length - fresh.length).toBeLessThanOrEqual(1);
    expect(fresh).toEqual(fresh.map((_, index) => fresh[0]! + index));
  });

  test("agree on a GET, and on a name that is not there", async () => {
    const client = new PvaClient({ autoAddressList: false });
    const server = `127.0.0.1:${port}`;
    const image = await client.get("DODECA:IMAGE", { timeoutMs, server });
    expect(image.type.id).toBe("epics:nt/NTNDArray:1.0");
    const missing = client.get("DODECA:NOTHING", { timeoutMs: 1000, server });
    expect(await missing.catch((error: unknown) => error)).toMatchObject({ code: "timeout" });
    await client.close();
  });
});

describe.skipIf(absent)("our server and spvirit's command line", () => {
  let server: PvaServer;
  let number: SharedPv;
  let image: SharedPv;

  beforeAll(async () => {
    number = new SharedPv(ntScalar("double"), {
      initial: { value: 1.5 },
      onPut: (value, changed) => number.post(value, changed),
    });
    image = new SharedPv(NTNDARRAY_PVXS, {
      initial: {
        value: { ushortValue: Uint16Array.of(1, 2, 30_000, 4, 5, 6) },
        dimension: [{ size: 3 }, { size: 2 }],
      },
    });
    const pvs = new Map([
      ["number", number],
      ["image", image],
    ]);
    const provider = (name: string): SharedPv | undefined => pvs.get(name);
    server = await PvaServer.listen({ port: 0, searchPort: 0, provider, names: () => pvs.keys() });
  });
  afterAll(() => server.close());

  /** What a program prints until it ends. */
  async function run(name: string, ...words: readonly string[]): Promise<string> {
    const child = Bun.spawn([program(name), ...words], { stdout: "pipe", stderr: "pipe" });
    const [said, complaint] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if ((await child.exited) !== 0) throw new Error(complaint);
    return said;
  }
  const direct = (): string[] => ["--server", `127.0.0.1:${server.address.port}`];

  test("agree on an image, a number and a type", async () => {
    const told = JSON.parse(await run("spget", ...direct(), "--json", "image")) as { value: string };
    expect(told.value).toContain("ushortValue=[1, 2, 30000, 4, 5, 6]");
    expect(told.value).toMatch(/dimension=\[\{size=3,.*\{size=2,/);
    expect(await run("spinfo", ...direct(), "number")).toContain("epics:nt/NTScalar:1.0");
  });

  test("agree on what is written", async () => {
    await run("spput", ...direct(), "number", "42.5");
    expect(number.newest!.field("value")).toBe(42.5);
    expect(await run("spget", ...direct(), "number")).toContain("42.5");
  });

  test("find each other by UDP and by name server", async () => {
    const udp = ["--search-addr", "127.0.0.1", "--udp-port", String(server.searchPort)];
    expect(await run("spget", ...udp, "image")).toContain("30000");
    const tcp = ["--name-server", `127.0.0.1:${server.address.port}`, "--no-broadcast"];
    expect(await run("spget", ...tcp, "image")).toContain("30000");
  });

  test("list the server where it answers pings, and the names it has", async () => {
    const udp = ["--no-broadcast", "--search-addr", "127.0.0.1", "--udp-port", String(server.searchPort)];
    const where = `127.0.0.1:${server.address.port}`;
    expect(await run("splist", "-w", "1", ...udp)).toContain(`tcp@[ ${where} ]`);
    // Given as --server it is not asked at all: splist wants it as an argument.
    expect(await run("splist", "-w", "1", ...udp, where)).toBe("image\nnumber\n");
  });

  test.each([[[]], [["--pipeline", "4"]]])("agree on a monitor (%p)", async (flags) => {
    const monitor = Bun.spawn([program("spmonitor"), ...direct(), ...flags, "--json", "number"], {
      stdout: "pipe",
      stderr: "ignore",
    });
    try {
      let text = "";
      let posted = 100;
      for await (const chunk of monitor.stdout) {
        text += new TextDecoder().decode(chunk);
        if (posted < 104) number.post({ value: ++posted }, ["value"]);
        else if (text.includes("value=104")) break;
      }
      expect(text).toContain("value=104");
    } finally {
      monitor.kill();
      await monitor.exited;
    }
  });
});
