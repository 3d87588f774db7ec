/** Simulated cameras as a client sees them, over real sockets. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { silentLog } from "../../server/log.ts";
import { type BulkSink, type MonitorUpdate, PvaClient, type StructureValue } from "../../server/pva/index.ts";
import {
  parseCameraName,
  RECOMMENDED_CAMERAS,
  type Simulation,
  startSimulation,
} from "../../server/sim/index.ts";
import { spanOf } from "../../server/sim/samples.ts";
import { type CameraSpec, COLOURS } from "../../server/sim/vocabulary.ts";
import { layoutOf } from "../../server/sim/layout.ts";
import { bytesPerSample, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { readBlocks } from "../sim/read-caption.ts";
import { readBslz4 } from "../sim/read-codec.ts";

let simulation: Simulation;
/** What the simulation has logged as information. */
let logged: unknown[];
let client: PvaClient;

beforeEach(async () => {
  logged = [];
  const info = (_: string, properties?: unknown): void => void logged.push(properties);
  simulation = await startSimulation({ port: 0, clock: systemClock, log: { ...silentLog, info } });
  client = new PvaClient({ autoAddressList: false, nameServers: [simulation.address] });
});

afterEach(async () => {
  await client.close();
  await simulation.close();
});

/** Takes every array into memory of its own. */
const KEEP: BulkSink = { acquire: ({ byteLength }) => new Uint8Array(byteLength), abandon: () => undefined };

/** The first `count` updates of a camera. */
async function updates(name: string, count: number): Promise<readonly MonitorUpdate[]> {
  const listener = new RecordingListener();
  const monitor = client.monitor(name, { bulk: { field: "value", sink: KEEP } }, listener);
  await listener.until(() => listener.updates.length >= count);
  monitor.stop();
  return listener.updates.slice(0, count);
}

function bytesOf({ colour, width, height, sampleType }: CameraSpec): number {
  return layoutOf(colour, width, height).samples * bytesPerSample(sampleType);
}

function idOf({ value }: MonitorUpdate): number {
  return value.field("uniqueId") as number;
}

describe.each(SAMPLE_TYPES)("%s cameras", (sampleType) => {
  const colours = COLOURS.filter((colour) => sampleType === "uint8" || !colour.startsWith("yuv"));
  test.each(colours)("in %s deliver the frames they name, counter and all", async (colour) => {
    const name = `SIM:gradient:400x160:${sampleType}:${colour}@200`;
    const spec = parseCameraName(name);
    const { low, high } = spanOf(sampleType);
    for (const update of await updates(name, 3)) {
      const { bulk, value } = update;
      expect(bulk?.destination.byteLength).toBe(bytesOf(spec));
      expect(bulk?.count).toBe(bytesOf(spec) / bytesPerSample(sampleType));
      expect(readBlocks(spec, bulk!.destination, (low + high) / 2)).toBe(idOf(update));
      const sizes = (value.field("dimension") as readonly StructureValue[]).map(
        (one) => one.field("size") as number,
      );
      expect(sizes.reduce((product, size) => product * size)).toBe(bulk!.count);
    }
  });
});

test("a camera that compresses sends less, and says what it was", async () => {
  const [update] = await updates("SIM:diffraction:400x160:uint16:bslz4@50", 1);
  const { bulk, value } = update!;
  expect(bulk?.elementType).toBe("ubyte");
  expect(value.field("codec.name")).toBe("bslz4");
  expect(value.field("compressedSize")).toBe(BigInt(bulk!.count));
  expect(value.field("uncompressedSize")).toBe(400n * 160n * 2n);
  expect(readBslz4(bulk!.destination, 2, 400 * 160 * 2).length).toBe(400 * 160 * 2);
});

test("a camera numbers its frames without gaps and is no faster than its rate", async () => {
  const started = performance.now();
  const ids = (await updates("SIM:noise:320x240@200", 101)).map(idOf);
  const seconds = (performance.now() - started) / 1000;
  expect(ids).toEqual(ids.map((_, index) => ids[0]! + index));
  expect(seconds).toBeGreaterThan(0.45);
});

test("a GET alone takes one frame", async () => {
  const value = await client.get("SIM:diffraction:64x64", { timeoutMs: 3000 });
  expect(value.field("uniqueId")).toBe(1);
  expect(simulation.statistics.updatesSent).toBe(0);
});

test("all who watch a name see the same camera", async () => {
  const name = "SIM:noise:400x160@100";
  const other = new PvaClient({ autoAddressList: false, nameServers: [simulation.address] });
  const [one, two] = [new RecordingListener(), new RecordingListener()];
  client.monitor(name, { bulk: { field: "value", sink: KEEP } }, one);
  await one.until(() => one.updates.length > 2);
  other.monitor(name, { bulk: { field: "value", sink: KEEP } }, two);
  await two.until(() => two.updates.length > 2);
  const shared = one.updates.find((update) => idOf(update) === idOf(two.updates[1]!));
  expect(shared?.bulk?.destination).toEqual(two.updates[1]!.bulk!.destination);
  await other.close();
});

test("every recommended camera is one there is, and its description one line", () => {
  for (const { name, description } of RECOMMENDED_CAMERAS) {
    expect(bytesOf(parseCameraName(name))).toBeGreaterThan(0);
    expect(description).not.toContain("\n");
    expect(description.length).toBeLessThan(90);
  }
});

test("a list of channels has the recommended cameras", async () => {
  const { host, port } = simulation.address;
  const names = await client.channelsOf(`${host}:${port}`, { timeoutMs: 3000 });
  expect(names).toEqual(RECOMMENDED_CAMERAS.map(({ name }) => name).sort());
});

test("names outside the grammar are nobody's, and the log says once what is wrong with each", async () => {
  const names = ["SIM:nothing", "SIM:nothing", "SIM:beam:0x0", "X"];
  const answers = await Promise.allSettled(names.map((name) => client.get(name, { timeoutMs: 200 })));
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => "rejected"));
  const other = new PvaClient({ autoAddressList: false, nameServers: [simulation.address] });
  await Promise.allSettled([other.get("SIM:nothing", { timeoutMs: 200 })]);
  await other.close();
  const explained = logged.filter((properties) => JSON.stringify(properties).includes("allowed"));
  expect(explained).toEqual([
    { message: expect.stringContaining("nothing") as string },
    { message: expect.stringContaining("0x0") as string },
  ]);
});

test("a camera that would need too much memory besides others is taken away again", async () => {
  // Each of these rings takes 2 × 256 MiB of the 1 GiB there is, once its pictures are drawn.
  const names = ["a", "b", "c"].map((_, index) => `SIM:bars:16384x16384:uint8:mono@0.${index + 1}`);
  const listeners = names.map(() => new RecordingListener());
  names.forEach((name, index) =>
    client.monitor(name, { bulk: { field: "value", sink: KEEP } }, listeners[index]!),
  );
  const last = listeners[2]!;
  await last.until(() => last.kinds.includes("disconnected"));
  expect(last.updates).toEqual([]);
  expect(listeners[0]!.kinds).not.toContain("disconnected");
});
