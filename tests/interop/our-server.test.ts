/** Clients of both C++ stacks against our server and our simulated cameras. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { systemClock } from "../../server/clock.ts";
import { silentLog } from "../../server/log.ts";
import { NTNDARRAY_PVXS, ntScalar, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { parseCameraName, type Simulation, startSimulation } from "../../server/sim/index.ts";
import { ndarrayOf } from "../../server/sim/ndarray.ts";
import { PictureRing } from "../../server/sim/picture-ring.ts";
import { COLOUR_MODES, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { ForeignClient, type TestPicture } from "../support/foreign-client.ts";
import { findPython } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";

const p4p = findPython(["p4p", "numpy"]);
const pvapy = findPython(["pvapy", "numpy"]);
const absent = requireTool("Python with p4p and numpy", p4p !== undefined);
const pvapyAbsent = requireTool("Python with pvapy and numpy", pvapy !== undefined);

const pictures = SAMPLE_TYPES.flatMap((type) => COLOUR_MODES.map((colour) => [type, colour] as const));

describe.skipIf(absent)("our server", () => {
  const pvs = new Map<string, SharedPv>();
  let server: PvaServer;
  let maker: ForeignClient;

  beforeAll(async () => {
    server = await PvaServer.listen({ port: 0, searchPort: 0, provider: (name) => pvs.get(name) });
    maker = await ForeignClient.start([p4p!, "p4p_client.py"], server, "name-server");
  });

  afterAll(async () => {
    await maker.close();
    await server.close();
  });

  /** Puts numpy's picture on the server; returns the PV's name. */
  async function host(picture: TestPicture): Promise<string> {
    const name = `OURS:${picture.type}:${picture.colour}`;
    const spec = {
      ...parseCameraName("SIM:beam:277x150"),
      sampleType: picture.type,
      colour: picture.colour,
    };
    const value = ndarrayOf(spec, [await maker.make(picture)], picture.n, Date.now());
    pvs.set(name, new SharedPv(NTNDARRAY_PVXS, { initial: value }));
    return name;
  }

  describe("and p4p", () => {
    test.each(pictures)("agree on %s %s", async (type, colour) => {
      const picture = { type, colour, n: 3 };
      expect(await maker.equals(await host(picture), picture)).toBe(true);
    });

    test("agree by UDP search too", async () => {
      const picture = { type: "uint8", colour: "mono", n: 1 } as const;
      const client = await ForeignClient.start([p4p!, "p4p_client.py"], server, "udp");
      expect(await client.equals(await host(picture), picture)).toBe(true);
      await client.close();
    });

    test("agree on which fields were selected", async () => {
      const name = await host({ type: "uint8", colour: "mono", n: 7 });
      const { marked, value } = await maker.get(name, "field(uniqueId,dimension)");
      expect(marked).toEqual(["dimension", "uniqueId"]);
      expect(value).toMatchObject({ uniqueId: 7, dimension: [{ size: 277 }, { size: 150 }] });
    });

    test("agree on a scalar", async () => {
      pvs.set("OURS:number", new SharedPv(ntScalar("double"), { initial: { value: 0.1 } }));
      expect((await maker.get("OURS:number")).value).toMatchObject({ value: 0.1, alarm: { severity: 0 } });
    });

    test("agree that a PV which takes no writes is not written", async () => {
      const pv = new SharedPv(ntScalar("double"), { initial: { value: 0.1 } });
      pvs.set("OURS:constant", pv);
      expect(await maker.put("OURS:constant", 5)).toBeString();
      expect(pv.newest!.field("value")).toBe(0.1);
    });
  });

  describe.skipIf(pvapyAbsent)("and pvapy, by UDP search", () => {
    let client: ForeignClient;
    beforeAll(async () => {
      client = await ForeignClient.start([pvapy!, "pvapy_client.py"], server, "udp");
    });
    afterAll(() => client.close());

    test.each(pictures)("agree on %s %s", async (type, colour) => {
      const picture = { type, colour, n: 2 };
      expect(await client.equals(await host(picture), picture)).toBe(true);
    });

    test("agree on which fields were selected", async () => {
      const name = await host({ type: "uint8", colour: "mono", n: 9 });
      expect((await client.get(name, "field(uniqueId)")).value).toMatchObject({ uniqueId: 9 });
    });
  });
});

describe.skipIf(absent)("a simulated camera", () => {
  let simulation: Simulation;
  let client: ForeignClient;
  beforeAll(async () => {
    simulation = await startSimulation({ port: 0, searchPort: 0, clock: systemClock, log: silentLog });
    client = await ForeignClient.start([p4p!, "p4p_client.py"], simulation, "name-server");
  });
  afterAll(async () => {
    await client.close();
    await simulation.close();
  });

  test.each(pictures)("of %s %s shows p4p the frames it draws", async (type, colour) => {
    const name = `SIM:beam:80x60:${type}:${colour}@50`;
    for (const { uniqueId, sha256 } of await client.monitor(name, 2))
      expect(digestsOfFrame(name, uniqueId!)).toContain(sha256!);
  });

  test("numbers its frames without gaps in a pipelined monitor of p4p", async () => {
    const request = "record[pipeline=true,queueSize=10]field()";
    const updates = await client.monitor("SIM:beam:80x60@25", 12, request);
    const first = updates[0]!.uniqueId!;
    expect(updates.map(({ uniqueId }) => uniqueId)).toEqual(updates.map((_, index) => first + index));
  });

  test("sends a monitor of p4p only the fields it selected", async () => {
    const updates = await client.monitor("SIM:beam:80x60@50", 3, "field(uniqueId)");
    expect(updates.map(({ marked }) => marked)).toEqual([["uniqueId"], ["uniqueId"], ["uniqueId"]]);
  });

  test.skipIf(pvapyAbsent)("shows pvapy the frames it draws, found by UDP", async () => {
    const name = "SIM:bars:80x60:uint16:rgb3@50";
    const consumer = await ForeignClient.start([pvapy!, "pvapy_client.py"], simulation, "udp");
    const updates = await consumer.monitor(name, 3);
    await consumer.close();
    for (const { uniqueId, sha256 } of updates) expect(digestsOfFrame(name, uniqueId!)).toContain(sha256!);
  });
});

/** What frame `counter` may be: its number over one of the pictures that were drawn by then. */
function digestsOfFrame(name: string, counter: number): readonly string[] {
  const ring = new PictureRing(parseCameraName(name));
  const digests: string[] = [];
  while (ring.ready < ring.length) {
    const before = ring.ready;
    while (ring.ready === before) ring.draw(() => false);
    digests.push(
      createHash("sha256")
        .update(Buffer.concat(ring.frame(counter)))
        .digest("hex"),
    );
  }
  return digests;
}
