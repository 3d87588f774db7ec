/** Servers whose messages lie, or whose images change their type, beside a healthy camera. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  NTNDARRAY_NDPLUGINPVA,
  NTNDARRAY_PVXS,
  type Plain,
  PvaServer,
  SharedPv,
  type StructureDescription,
} from "../../server/pva/index.ts";
import { FaultStage } from "../support/fault-stage.ts";
import { type ByteList, LE } from "../support/pva-bytes.ts";
import { everything, update } from "../support/pva-stage.ts";

/** Bits of the fields: value (ushort[]), size (int), extra (any). */
const [VALUE, SIZE, EXTRA] = [0x02, 0x04, 0x08];
const HUGE = [0xfe, 0xff, 0xff, 0xff, 0x7f];

let stage: FaultStage;
beforeEach(async () => {
  stage = await FaultStage.start({ maxArrayBytes: 1_000_000 });
});
afterEach(() => stage.end());

/** Name, code of the fault, bits changed, data of the update. */
const LIES: readonly (readonly [name: string, code: string, bits: ByteList, data: ByteList])[] = [
  ["counts more pixels than it has", "bad-value", [1, VALUE], [LE.size(100), 1, 2, 3]],
  ["counts more pixels than anybody would take", "limit", [1, VALUE], [HUGE, 1, 2, 3]],
  ["counts its pixels as null", "bad-value", [1, VALUE], [0xff]],
  ["counts more bytes of changes than the type has bits", "limit", [100, VALUE], [0, 0, 0]],
  ["counts more bytes of changes than there are", "short-data", [2], []],
  ["ends before its last field", "short-data", [1, SIZE | EXTRA], [LE.u32(1)]],
  ["counts more letters than it has", "short-data", [1, EXTRA], [0x60, LE.size(200), 0x41]],
  ["counts more letters than anybody would take", "limit", [1, EXTRA], [0x60, HUGE, 0x41]],
  [
    "counts more structures than it has",
    "short-data",
    [1, EXTRA],
    [0x88, LE.structure("", [["x", [0x22]]]), 100],
  ],
  ["counts endless empty structures", "short-data", [1, EXTRA], [0x88, LE.structure("", []), HUGE]],
  ["counts more members than it has", "short-data", [1, EXTRA], [0x80, 0, 100]],
  [
    "refers to a type inside its own definition",
    "unknown-type-id",
    [1, EXTRA],
    [0xfd, 7, 0, 0x80, 0, 1, 1, 0x61, 0xfe, 7, 0],
  ],
  ["refers to a type that nobody has defined", "unknown-type-id", [1, EXTRA], [0xfe, 9, 0]],
  ["nests types without end", "limit", [1, EXTRA], Array.from({ length: 500 }, () => [0x80, 0, 1, 1, 0x61])],
  ["nests values without end", "limit", [1, EXTRA], new Array<number>(500).fill(0x82)],
  ["names a type code that does not exist", "bad-type", [1, EXTRA], [0xe7]],
];

describe("beside a healthy camera, an update that", () => {
  test.each(LIES)("%s costs its own connection: %s", async (_, code, bits, data) => {
    const victim = stage.watch("BAD");
    const { connection, ioid } = await stage.subscribed();
    await stage.frame();
    connection.send(update(LE, ioid, bits, data, []));
    await connection.closed.promise;
    await victim.until(() => victim.kinds.includes("disconnected"));
    expect(victim.faults.map((fault) => fault.code)).toEqual([code as "limit"]);
    expect(victim.updates).toEqual([]);
    expect(stage.log.count("warning")).toBe(1);
    // Tried again, and taken as if nothing had been.
    await stage.pass(2000);
    const again = await stage.subscribed();
    again.connection.send(update(LE, again.ioid, [1, VALUE | SIZE | EXTRA], everything(LE, 5)));
    await victim.until(() => victim.updates.length === 1);
    expect(victim.updates[0]!.value.field("size")).toBe(5);
  });
});

/** A picture of these sizes, in the union's member for the array. */
function picture(sizes: readonly number[], value: Plain, uniqueId: number): Plain {
  return { value, dimension: sizes.map((size) => ({ size })), uniqueId };
}

describe("beside a healthy camera, a camera of ours", () => {
  let server: PvaServer;
  let pv: SharedPv;
  beforeEach(async () => {
    pv = new SharedPv(NTNDARRAY_PVXS);
    server = await PvaServer.listen({ port: 0, provider: (name) => (name === "CHANGING" ? pv : undefined) });
  });
  afterEach(() => server.close());

  const watched = async () => {
    const { host, port } = server.address;
    const victim = stage.watch("CHANGING", `${host}:${port}`);
    await victim.until(() => victim.kinds.includes("connected"));
    return victim;
  };

  test("whose sample type and sizes change with every frame is read, every frame by its own", async () => {
    const victim = await watched();
    const frames: readonly (readonly [sizes: readonly number[], value: Plain, bytes: number])[] = [
      [[16, 10], { ubyteValue: new Uint8Array(160).fill(1) }, 160],
      [[10, 16], { ushortValue: new Uint16Array(160).fill(2) }, 320],
      [[3, 5, 7], { doubleValue: new Float64Array(105).fill(3) }, 840],
      [[1], { byteValue: Int8Array.of(4) }, 1],
      [[200, 200], { floatValue: new Float32Array(40_000).fill(5) }, 160_000],
      [[2, 2], { ulongValue: new BigUint64Array(4).fill(6n) }, 32],
      [[160], { ubyteValue: new Uint8Array(160).fill(7) }, 160],
    ];
    for (const [index, [sizes, value, length]] of frames.entries()) {
      pv.post(picture(sizes, value, index + 1));
      await victim.until(() => victim.updates.at(-1)?.value.field("uniqueId") === index + 1);
      const last = victim.updates.at(-1)!;
      expect(last.bulk?.destination.byteLength).toBe(length);
      expect(last.value.field("dimension")).toHaveLength(sizes.length);
      await stage.frame();
    }
    expect(victim.updates.filter(({ bulk }) => bulk !== undefined)).toHaveLength(frames.length);
    expect(victim.faults).toEqual([]);
  });

  test("that comes back with another type is read by the new one", async () => {
    const victim = await watched();
    const types: readonly StructureDescription[] = [
      NTNDARRAY_NDPLUGINPVA,
      NTNDARRAY_PVXS,
      NTNDARRAY_NDPLUGINPVA,
    ];
    for (const [round, type] of types.entries()) {
      const seen = victim.kinds.filter((kind) => kind === "connected").length;
      const old = pv;
      pv = new SharedPv(type);
      server.destroyChannelsOf(old);
      while (victim.kinds.filter((kind) => kind === "connected").length === seen) await stage.pass(500);
      pv.post(picture([4], { ushortValue: Uint16Array.of(1, 2, 3, 4) }, 100 + round));
      await victim.until(() => victim.updates.at(-1)?.value.field("uniqueId") === 100 + round);
      const last = victim.updates.at(-1)!;
      expect(last.value.type).toEqual(type);
      expect(last.bulk).toMatchObject({ elementType: "ushort", count: 4 });
    }
    expect(victim.faults).toEqual([]);
  });
});
