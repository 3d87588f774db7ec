/** Our client and our server talk to each other over real sockets: what one says, the other must understand. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  ArrayElsewhere,
  ArrayInParts,
  bitOfField,
  type BulkSink,
  NTNDARRAY_PVXS,
  ntScalar,
  PvaClient,
  PvaServer,
  type Pv,
  SharedPv,
} from "../../server/pva/index.ts";
import { EVERY_TYPE, EVERY_VALUE } from "../support/every-type.ts";
import { RecordingListener } from "../support/pva-client.ts";

let pvs: Map<string, Pv>;
let server: PvaServer;
let client: PvaClient;

beforeEach(async () => {
  pvs = new Map();
  server = await PvaServer.listen({ port: 0, searchPort: 0, provider: (name) => pvs.get(name) });
  client = new PvaClient({ autoAddressList: false, nameServers: [server.address] });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

/** A PV under a name. */
function host(name: string, pv: SharedPv): SharedPv {
  pvs.set(name, pv);
  return pv;
}

describe("a GET", () => {
  test("brings every type of value over", async () => {
    const pv = host("ALL", new SharedPv(EVERY_TYPE, { initial: EVERY_VALUE }));
    const value = await client.get("ALL", { timeoutMs: 3000 });
    expect(value.type).toEqual(EVERY_TYPE);
    expect(value.members).toEqual(pv.newest!.members);
  });

  test("of some fields leaves the others at their defaults", async () => {
    host("N", new SharedPv(ntScalar("int"), { initial: { value: 42, alarm: { severity: 2 } } }));
    const value = await client.get("N", { timeoutMs: 3000, fields: ["alarm.severity"] });
    expect(value.field("alarm.severity")).toBe(2);
    expect(value.field("value")).toBe(0);
  });

  test("finds the server by UDP", async () => {
    host("N", new SharedPv(ntScalar("string"), { initial: { value: "here" } }));
    const seeker = new PvaClient({
      autoAddressList: false,
      addressList: [{ host: "127.0.0.1", port: server.searchPort! }],
      broadcastPort: server.searchPort!,
    });
    expect((await seeker.get("N", { timeoutMs: 3000 })).field("value")).toBe("here");
    await seeker.close();
  });
});

describe("a monitor", () => {
  test.each([false, true])("follows every post, fields merged (pipeline: %p)", async (pipeline) => {
    const pv = host(
      "N",
      new SharedPv(ntScalar("int"), { initial: { value: 0, alarm: { message: "fine" } } }),
    );
    const listener = new RecordingListener();
    const monitor = client.monitor("N", { pipeline }, listener);
    await listener.until(() => listener.updates.length === 1);
    for (let value = 1; value <= 50; value++) {
      pv.post({ value, alarm: { message: "unsent" } }, ["value"]);
      await listener.until(() => listener.updates.length === value + 1);
    }
    monitor.stop();
    expect(listener.updates.map(({ value }) => value.field("value"))).toEqual(
      Array.from({ length: 51 }, (_, n) => n),
    );
    expect(listener.updates.at(-1)?.value.field("alarm.message")).toBe("fine");
    expect(listener.faults).toEqual([]);
  });

  test("hands large arrays to its sink, whether they were posted whole or in parts", async () => {
    const pv = host("IMG", new SharedPv(NTNDARRAY_PVXS));
    const destinations: Uint8Array[] = [];
    const sink: BulkSink = {
      acquire({ byteLength }) {
        const destination = new Uint8Array(byteLength);
        destinations.push(destination);
        return destination;
      },
      abandon: () => undefined,
    };
    const listener = new RecordingListener();
    client.monitor("IMG", { bulk: { field: "value", sink } }, listener);
    await listener.until(() => listener.kinds.includes("connected"));
    const pixels = Uint16Array.from({ length: 300_000 }, (_, index) => index * 7);
    const bytes = new Uint8Array(pixels.buffer);
    const parts = [bytes.subarray(0, 20_001), bytes.subarray(20_001, 20_003), bytes.subarray(20_003)];
    pv.post({ value: { ushortValue: pixels }, uniqueId: 1 });
    await listener.until(() => listener.updates.length === 1);
    pv.post({ value: { ushortValue: new ArrayInParts("ushort", parts) }, uniqueId: 2 }, [
      "value",
      "uniqueId",
    ]);
    await listener.until(() => listener.updates.length === 2);
    expect(destinations).toHaveLength(2);
    for (const destination of destinations) expect(Buffer.compare(destination, bytes)).toBe(0);
    const last = listener.updates[1]!;
    expect(last.bulk).toMatchObject({ elementType: "ushort", count: 300_000, bigEndian: false });
    expect(last.value.field("value")).toMatchObject({ value: new ArrayElsewhere(300_000) });
    expect([...last.changed]).toEqual([1, bitOfField(NTNDARRAY_PVXS, "uniqueId")!]);
  });

  test("hears that its channel is gone, and that its server is", async () => {
    const pv = host("N", new SharedPv(ntScalar("int"), { initial: { value: 1 } }));
    const [first, second] = [new RecordingListener(), new RecordingListener()];
    client.monitor("N", {}, first);
    await first.until(() => first.updates.length === 1);
    server.destroyChannelsOf(pv);
    await first.until(() => first.kinds.includes("disconnected"));
    const other = new PvaClient({ autoAddressList: false, nameServers: [server.address] });
    other.monitor("N", {}, second);
    await second.until(() => second.updates.length === 1);
    await server.close();
    await second.until(() => second.kinds.includes("disconnected"));
    await other.close();
  });

  test("stopped leaves nobody watching", async () => {
    const gone = Promise.withResolvers<undefined>();
    host(
      "N",
      new SharedPv(ntScalar("int"), { initial: { value: 1 }, lastWatcher: () => gone.resolve(undefined) }),
    );
    const listener = new RecordingListener();
    const monitor = client.monitor("N", {}, listener);
    await listener.until(() => listener.updates.length === 1);
    monitor.stop();
    await gone.promise;
  });
});
