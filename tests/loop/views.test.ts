/** Many PVs on one socket, through the whole service: what comes out is what the simulated cameras sent. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { systemClock } from "../../server/clock.ts";
import { silentLog } from "../../server/log.ts";
import { endpointName, type MonitorUpdate, PvaClient } from "../../server/pva/index.ts";
import { type Simulation, startSimulation } from "../../server/sim/index.ts";
import { CODECS, COLOURS } from "../../server/sim/vocabulary.ts";
import { browserInflaters } from "../../server/viewer/inflaters.ts";
import { readPictureMessage } from "../../server/viewer/picture-message.ts";
import { Core, DEFAULT_RECIPE, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { type Received, ViewsClient } from "../http/views/views-client.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { type Service, startService } from "../support/service.ts";

let simulation: Simulation;
let service: Service;
let direct: PvaClient;
let server: { readonly port: string };

beforeAll(async () => {
  simulation = await startSimulation({ port: 0, clock: systemClock, log: silentLog });
  const nameServers = endpointName(simulation.address);
  service = await startService({ nameServers, flags: ["--linger", "0", "--encoder", "fast"] });
  direct = new PvaClient({ autoAddressList: false, nameServers: [simulation.address] });
  server = { port: new URL(service.url("/")).port };
});
afterAll(async () => {
  await direct.close();
  await service.close();
  await simulation.close();
});

/** The bytes of each array of a PV, by its uniqueId, as a client of its own is sent them. */
class DirectListener extends RecordingListener {
  readonly arrays = new Map<number, Uint8Array>();

  override update(update: MonitorUpdate): void {
    const { value } = update.value.field("value") as { readonly value: ArrayBufferView };
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    this.arrays.set(update.value.field("uniqueId") as number, bytes.slice());
    super.update(update);
  }
}

test.each([
  ...SAMPLE_TYPES.map((type) => `SIM:gradient:48x32:${type}@20`),
  ...COLOURS.map((colour) => `SIM:bars:48x32:${colour}@20`),
  ...CODECS.map((codec) => `SIM:bars:48x32:rgb1:${codec}@20`),
  ...CODECS.filter((codec) => codec !== "jpeg").map((codec) => `SIM:gradient:48x32:uint16:${codec}@20`),
])("raw frames of %s are the bytes that the camera sent", async (pv) => {
  const heard = new DirectListener();
  const monitor = direct.monitor(pv, {}, heard);
  await heard.until(() => heard.arrays.size > 0);
  const [from] = heard.arrays.keys();
  const client = await ViewsClient.of(server);
  const stream = await client.show("raw", pv, { format: "raw" });
  await client.until(() => client.of(stream).length === 2);
  for (const { kind, size, uniqueId, bytes } of client.of(stream)) {
    expect({ kind, size, late: Number(uniqueId) >= from! }).toEqual({
      kind: "raw",
      size: [48, 32],
      late: true,
    });
    await heard.until(() => heard.arrays.has(Number(uniqueId)));
    expect(bytes).toEqual(heard.arrays.get(Number(uniqueId))!);
  }
  monitor.stop();
  client.close();
  await client.closed;
});

/** One core for all: each has memory of its own. */
const core = await Core.load({ inflaters: browserInflaters });

test.each([
  ...COLOURS.map((colour) => `SIM:bars:384x192:${colour}@20`),
  ...CODECS.filter((codec) => codec !== "jpeg").map((codec) => `SIM:bars:384x192:rgb1:${codec}@20`),
  "SIM:bars:384x192:uint16:rgb3@20",
])("a page draws raw frames of %s as the server draws them", async (pv) => {
  const client = await ViewsClient.of(server);
  client.acknowledging = true;
  const raw = await client.show("raw", pv, { format: "raw" });
  const drawn = await client.show("drawn", pv, { options: { subsampling: 444, quality: 95, range: "full" } });
  // The bars stand still, what moves before them does not: the same frame is to be compared.
  let frame: Received | undefined;
  await client.until(() => {
    const ids = new Set(client.of(drawn).map(({ uniqueId }) => uniqueId));
    frame = client.of(raw).find(({ uniqueId }) => ids.has(uniqueId));
    return frame !== undefined;
  });
  const message = readPictureMessage(frame!.bytes.buffer as ArrayBuffer)!;
  if (message.kind !== "raw") throw new Error("this is no raw frame");
  const { rgba } = core.toRgba(message.frame, { ...DEFAULT_RECIPE, range: { kind: "full" } });
  const same = client.of(drawn).find(({ uniqueId }) => uniqueId === frame!.uniqueId)!;
  const jpeg = await decodeJpeg(same.bytes);
  expect([jpeg.width, jpeg.height]).toEqual([message.width, message.height]);
  // The middle of each of the eight bars; the caption below them counts frames.
  for (let x = 24; x < 384; x += 48) {
    const at = 4 * (96 * 384 + x);
    for (const channel of [0, 1, 2]) {
      expect(Math.abs(rgba[at + channel]! - jpeg.data[at + channel]!)).toBeLessThanOrEqual(4);
    }
  }
  client.close();
  await client.closed;
});

test("twenty cameras on one socket all come at their rate", async () => {
  const client = await ViewsClient.of(server);
  client.acknowledging = true;
  const names = Array.from({ length: 20 }, (_, index) => `SIM:beam:64x48@${5 + (index % 3)}`);
  for (const [index, pv] of names.entries()) {
    client.say({ type: "open", id: index, pv, options: { quality: 50 + index } });
  }
  await client.until(() => client.all("opened").length === 20);
  const streams = client.all("opened").map(({ id, stream }) => ({ id, stream }));
  expect(new Set(streams.map(({ stream }) => stream)).size).toBe(20);
  await client.until(() => streams.every(({ stream }) => client.of(stream).length >= 4));
  // At 5 to 7 a second nobody has many more pictures than any other.
  const counts = streams.map(({ stream }) => client.of(stream).length);
  expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(3);
  expect(client.all("error")).toBeEmpty();
  await client.until(() => client.all("state").some(({ views }) => views.length === 20));
  client.close();
  await client.closed;
});

test("views that wait for the same first picture have a stream number each", async () => {
  const client = await ViewsClient.of(server);
  const ids = ["a", "b", "c"];
  for (const id of ids) client.say({ type: "open", id, pv: "SIM:beam:64x48@20" });
  await client.until(() => client.all("opened").length === ids.length);
  const streams = client.all("opened").map(({ stream }) => stream);
  expect(new Set(streams).size).toBe(ids.length);
  await client.until(() => streams.every((stream) => client.of(stream).length > 0));
  client.close();
  await client.closed;
});

test("with placeholder a PV that is not there is a picture that says so, and tells nothing of an image", async () => {
  const impatient = await startService({
    nameServers: endpointName(simulation.address),
    flags: ["--connect-timeout", "0.2", "--encoder", "fast"],
  });
  const client = await ViewsClient.of({ port: new URL(impatient.url("/")).port });
  client.acknowledging = true;
  const stream = await client.show("a", "NOBODY:KNOWS:THIS", { placeholder: true });
  await client.until(() => client.of(stream).length === 1);
  const [picture] = client.of(stream);
  expect(picture).toMatchObject({ kind: "jpeg", flags: 1, sequence: 0n, iocTime: NaN });
  const { width, height } = await decodeJpeg(picture!.bytes);
  expect([width, height]).toEqual([...picture!.size]);
  client.say({ type: "update", id: "a", placeholder: false });
  await client.until(() => client.all("error").length === 1);
  expect(client.all("error")[0]).toMatchObject({
    request: "update",
    id: "a",
    error: "pv-not-found",
    status: 404,
  });
  await client.until(() => client.stateOf("a")?.statistics.inFlight === 0);
  expect(client.stateOf("a")).toMatchObject({ pv: "NOBODY:KNOWS:THIS", statistics: { sent: 0 } });
  expect(client.stateOf("a")!.picture).toBeUndefined();
  expect(client.stateOf("a")!.range).toBeUndefined();
  client.close();
  await client.closed;
  await impatient.close();
});

test("sockets that are closed in whatever state leave no file and no stream open", async () => {
  const states: ((client: ViewsClient) => unknown)[] = [
    (client) => client.say({ type: "open", id: 1, pv: "SIM:nobody:knows:this" }),
    (client) => client.say({ type: "open", id: 1, pv: "SIM:beam:64x48@20" }),
    (client) => client.show("1", "SIM:beam:64x48@20", { format: "raw" }),
    async (client) => {
      await client.show("1", "SIM:beam:64x48@20");
      client.say({ type: "update", id: "1", options: { map: "jet" } });
    },
    () => undefined,
  ];
  const cycle = async (): Promise<void> => {
    for (const bring of states) {
      const client = await ViewsClient.of(server);
      await bring(client);
      client.close();
      await client.closed;
    }
  };
  const openFiles = (): number => readdirSync("/proc/self/fd").length;
  await cycle();
  await noStream();
  const before = openFiles();
  for (let round = 0; round < 5; round++) await cycle();
  await noStream();
  expect(openFiles()).toBeLessThanOrEqual(before);
});

/** Waits until nobody monitors a camera any more: no stream is left. */
async function noStream(): Promise<void> {
  while (simulation.statistics.operations > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
