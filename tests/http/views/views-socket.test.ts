import { expect, test } from "bun:test";
import { ServiceError } from "../../../server/errors.ts";
import { picture } from "../fake-streams.ts";
import { RawClient } from "../raw-client.ts";
import { serve, type Serving } from "../serving.ts";
import { ViewsClient } from "./views-client.ts";

/** Lets everything that is under way in this process happen. */
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connected client with one open view, `a` of CAM. */
async function withView(server: Serving, more: object = {}) {
  const client = await ViewsClient.of(server);
  const stream = await client.show("a", "CAM", more);
  const viewer = await server.streams.viewer(server.streams.opened.length - 1);
  return { client, stream, viewer };
}

test("the server greets with the version and the limits", async () => {
  using server = serve();
  const client = await ViewsClient.of(server);
  const limits = { views: 64, inFlight: 2, messageBytes: 16384, messagesPerSecond: 100 };
  expect(client.texts).toEqual([{ type: "hello", version: 1, limits }]);
  client.close();
});

test("a plain GET is told to ask for an upgrade", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/ws`);
  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toBe("websocket");
});

test("a view is opened with the words of a query, and each picture is a header and the JPEG", async () => {
  using server = serve();
  const wishes = { options: { quality: 50, range: "0,100", fps: "12" } };
  const { client, stream, viewer } = await withView(server, wishes);
  const [asked] = server.streams.opened;
  expect(asked).toMatchObject({ pv: "CAM", fps: 12, recipe: { quality: 50, range: { low: 0, high: 100 } } });
  expect(client.all("opened")).toEqual([{ type: "opened", id: "a", pv: "CAM", format: "jpeg", stream }]);
  viewer.show({ ...picture(7), uniqueId: -3 });
  await client.until(() => client.pictures.length === 1);
  expect(client.pictures[0]).toMatchObject({
    version: 1,
    kind: "jpeg",
    stream,
    sequence: 7n,
    uniqueId: -3n,
    iocTime: Date.UTC(2026, 0, 1) + 123.456,
    receivedTime: Date.UTC(2026, 0, 1),
    sentTime: Date.UTC(2026, 0, 1),
    range: [0, 4095],
    size: [8, 8],
    region: [0, 0, 8, 8],
    flags: 0,
    bytes: picture(7).jpeg,
  });
  expect(viewer.sentPictures).toEqual([{ sequence: 7, bytes: 112 + 32 }]);
  client.close();
  await viewer.closed;
});

test("two pictures may be on their way, and the next comes with an acknowledgement", async () => {
  using server = serve();
  const { client, stream, viewer } = await withView(server);
  for (const sequence of [1, 2, 3, 4]) {
    viewer.show(picture(sequence));
    await aTurn();
  }
  await client.settled();
  expect(client.of(stream).map(({ sequence }) => sequence)).toEqual([1n, 2n]);
  expect(viewer.waiting).toBeFalse();
  client.say({ type: "ack", id: "a", sequence: 1 });
  await client.until(() => client.pictures.length === 3);
  expect(client.pictures.at(-1)!.sequence).toBe(4n);
  client.say({ type: "ack", id: "a", sequence: 4 });
  await client.settled();
  viewer.show(picture(5));
  viewer.show(picture(6));
  await client.until(() => client.pictures.length === 4);
  client.close();
  await viewer.closed;
});

test("acknowledgements of nothing are no more than messages", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  for (const id of ["a", "b", 5]) client.say({ type: "ack", id, sequence: 999 });
  await client.settled();
  expect(client.all("error")).toBeEmpty();
  expect(viewer.waiting).toBeTrue();
  client.close();
});

test("sockets that show the same way of drawing get the same number and bytes, other ways another number", async () => {
  using server = serve();
  const one = await withView(server, { options: { range: "0,100" } });
  const two = await withView(server, { options: { range: "0.0,1e2" } });
  const three = await withView(server, { options: { range: "0,101" } });
  expect(two.stream).toBe(one.stream);
  expect(three.stream).not.toBe(one.stream);
  const shared = picture(1);
  one.viewer.show(shared);
  await one.client.until(() => one.client.pictures.length === 1);
  await server.clock.advance(40);
  two.viewer.show(shared);
  await two.client.until(() => two.client.pictures.length === 1);
  expect(two.client.pictures[0]).toEqual(one.client.pictures[0]);
  for (const { client } of [one, two, three]) client.close();
});

test("a number is not used again when nobody shows its way of drawing any more", async () => {
  using server = serve();
  const one = await withView(server);
  one.client.close();
  await one.viewer.closed;
  const two = await withView(server);
  expect(two.stream).not.toBe(one.stream);
  two.client.close();
});

test("two views of one socket have two numbers, also when they show the same", async () => {
  using server = serve();
  const { client, stream, viewer } = await withView(server);
  const second = await client.show("b", "CAM");
  expect(second).not.toBe(stream);
  const shared = picture(1);
  viewer.show(shared);
  (await server.streams.viewer(1)).show(shared);
  await client.until(() => client.pictures.length === 2);
  expect(client.of(stream)[0]!.bytes).toEqual(shared.jpeg);
  expect(client.of(second)[0]!.bytes).toEqual(shared.jpeg);
  client.close();
});

test.each([
  ["pv-not-found", 404],
  ["no-image-yet", 503],
  ["not-an-image", 415],
  ["bad-image", 502],
  ["bad-option", 400],
  ["stopping", 503],
] as const)("a view is refused for %s as HTTP would refuse it, and its id is free", async (code, status) => {
  using server = serve();
  const client = await ViewsClient.of(server);
  server.streams.refusal = new ServiceError(code, "Said why.", { pv: "CAM" });
  client.say({ type: "open", id: "a", pv: "CAM" });
  await client.until(() => client.all("error").length === 1);
  expect(client.all("error")[0]).toMatchObject({
    request: "open",
    id: "a",
    error: code,
    status,
    message: "Said why.",
    pv: "CAM",
  });
  server.streams.refusal = undefined;
  await client.show("a", "CAM");
  client.close();
});

test("a bad option is answered by its name, value and what is allowed", async () => {
  using server = serve();
  const client = await ViewsClient.of(server);
  client.say({ type: "open", id: 1, pv: "CAM", options: { map: "rainbow" } });
  client.say({ type: "open", id: 2, pv: "CAM", fps: 0 });
  client.say({ type: "open", id: 3, pv: "CAM", options: { nonsense: 1 } });
  client.say({ type: "open", id: 4, pv: "CAM", format: "raw", options: { quality: 5 } });
  client.say({ type: "open", id: 5, pv: "" });
  await client.until(() => client.all("error").length === 5);
  expect(client.all("error").map(({ id, error, option, value }) => [id, error, option, value])).toEqual([
    [1, "bad-option", "map", "rainbow"],
    [2, "bad-option", "fps", "0"],
    [3, "bad-option", "nonsense", "1"],
    [4, "bad-option", "quality", "5"],
    [5, "bad-pv-name", undefined, undefined],
  ]);
  expect(server.streams.opened).toBeEmpty();
  client.close();
});

test("an update shows the old pictures until the first new one, and then the new number alone", async () => {
  using server = serve();
  const { client, stream, viewer } = await withView(server);
  viewer.show(picture(1));
  await client.until(() => client.pictures.length === 1);
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "update", id: "a", options: { map: "viridis" } });
  await asked;
  viewer.show(picture(2));
  await client.until(() => client.pictures.length === 2);
  expect(client.pictures.map(({ stream: number }) => number)).toEqual([stream, stream]);
  server.streams.searching = false;
  client.say({ type: "ack", id: "a", sequence: 2 });
  client.say({ type: "update", id: "a", options: { map: "magma" } });
  await client.until(() => client.all("updated").length === 1);
  const next = client.all("updated")[0]!.stream;
  expect(next).not.toBe(stream);
  await viewer.closed;
  const fresh = await server.streams.viewer(1);
  expect(server.streams.opened[1]!.recipe.map).toBe("magma");
  fresh.show(picture(2));
  await client.until(() => client.pictures.length === 3);
  expect(client.pictures[2]!.stream).toBe(next);
  client.close();
  await fresh.closed;
});

test("an update of nothing but the rate keeps the number", async () => {
  using server = serve();
  const { client, stream } = await withView(server);
  client.say({ type: "update", id: "a", fps: 5 });
  await client.until(() => client.all("updated").length === 1);
  expect(client.all("updated")[0]!.stream).toBe(stream);
  expect(server.streams.opened[1]!.fps).toBe(5);
  client.close();
});

test("an update that is refused leaves the view as it was", async () => {
  using server = serve();
  const { client, stream, viewer } = await withView(server);
  client.say({ type: "update", id: "a", options: { roi: "nowhere" } });
  await client.until(() => client.all("error").length === 1);
  server.streams.refusal = new ServiceError("bad-option", "The image has 3 planes.", {
    pv: "CAM",
    wish: { option: "plane", value: "7", allowed: "0 to 2" },
  });
  client.say({ type: "update", id: "a", options: { plane: 7 } });
  await client.until(() => client.all("error").length === 2);
  expect(client.all("error")).toMatchObject([
    { request: "update", id: "a", error: "bad-option", option: "roi", value: "nowhere" },
    { request: "update", id: "a", error: "bad-option", option: "plane", value: "7", allowed: "0 to 2" },
  ]);
  viewer.show(picture(1));
  await client.until(() => client.pictures.length === 1);
  expect(client.pictures[0]!.stream).toBe(stream);
  client.close();
});

test("closing a view ends its viewer, or its search, and says so once", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  client.say({ type: "close", id: "a" });
  await viewer.closed;
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "open", id: "b", pv: "LATER" });
  await asked;
  client.say({ type: "close", id: "b" });
  await server.streams.left;
  client.say({ type: "close", id: "b" });
  await client.settled();
  expect(client.all("closed").map(({ id, code }) => [id, code])).toEqual([
    ["a", 1000],
    ["b", 1000],
  ]);
  expect(client.all("error")).toMatchObject([
    { request: "close", id: "b", error: "unknown-view", status: 404 },
  ]);
  client.close();
});

test("a PV that is searched for keeps no other view waiting", async () => {
  using server = serve();
  const client = await ViewsClient.of(server);
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "open", id: "a", pv: "NOWHERE" });
  await asked;
  server.streams.searching = false;
  const stream = await client.show("b", "CAM");
  (await server.streams.viewer()).show(picture(1));
  await client.until(() => client.of(stream).length === 1);
  client.close();
  await server.streams.left;
});

test("a view is told of as soon as it is looked for, and when it is shown", async () => {
  using server = serve();
  server.streams.searching = true;
  const client = await ViewsClient.of(server);
  client.say({ type: "open", id: "a", pv: "CAM" });
  await client.until(() => client.all("state").length === 1);
  expect(client.all("state")[0]!.views).toMatchObject([
    {
      id: "a",
      pv: "CAM",
      state: "connecting",
      reason: "Looking for CAM.",
      statistics: { sent: 0, inFlight: 0 },
    },
  ]);
  server.streams.searching = false;
  await client.show("b", "OTHER");
  await client.until(() => client.stateOf("b")?.state === "live");
  client.close();
});

test("one message a second tells all views, and each change at once those that have changed", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  await client.show("b", "OTHER");
  await client.settled();
  const first = client.all("state").length;
  const states = (): ReturnType<typeof client.all<"state">> => client.all("state").slice(first);
  await server.clock.advance(1000);
  await client.until(() => states().length === 1);
  expect(states()[0]!.views.map(({ id, pv }) => [id, pv])).toEqual([
    ["a", "CAM"],
    ["b", "OTHER"],
  ]);
  viewer.change({ state: "stalled", reason: "No frame for 5 s." });
  await client.until(() => states().length === 2);
  expect(states()[1]!.views).toMatchObject([{ id: "a", state: "stalled", reason: "No frame for 5 s." }]);
  viewer.show(picture(1));
  await client.until(() => client.stateOf("a")?.picture !== undefined);
  const told = states().length;
  viewer.show({ ...picture(2), range: { low: 5, high: 6, issues: [] } });
  await client.until(() => client.pictures.length === 2);
  viewer.drops.slow = 4;
  await server.clock.advance(1000);
  await client.until(() => states().length === told + 1);
  expect(client.stateOf("a")).toMatchObject({
    range: { low: 5, high: 6 },
    statistics: { fps: 25, sent: 2, bytes: 2 * 144, inFlight: 2, drops: { slow: 4 } },
  });
  expect(client.stateOf("a")!.statistics.latencyMs).toBeGreaterThan(0);
  client.close();
});

test("a view whose stream has ended is told of, and the socket goes with the last of them", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  await client.show("b", "OTHER");
  viewer.close();
  await client.until(() => client.all("closed").length === 1);
  expect(client.all("closed")[0]).toMatchObject({ id: "a", code: 1001 });
  (await server.streams.viewer(1)).close();
  expect((await client.closed).code).toBe(1001);
});

test("more views than a socket may have are refused, and so is an id that is in use", async () => {
  using server = serve();
  const client = await ViewsClient.of(server);
  for (let id = 0; id < 65; id++) client.say({ type: "open", id, pv: `CAM${id}` });
  client.say({ type: "open", id: 3, pv: "CAM3" });
  await client.settled();
  expect(client.all("opened")).toHaveLength(64);
  expect(client.all("error")).toMatchObject([
    { id: 64, error: "too-many-views", status: 429 },
    { id: 3, error: "id-in-use", status: 409 },
  ]);
  client.close();
  await Promise.all(server.streams.opened.map(({ viewer }) => viewer.closed));
});

test("a flood of messages ends the socket with words, and its viewers", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  for (let count = 0; count < 300; count++) client.say({ type: "ping" });
  const { code, reason } = await client.closed;
  expect(code).toBe(4429);
  expect(reason).toContain("100 messages a second");
  expect(client.all("pong").length).toBeLessThanOrEqual(256);
  await viewer.closed;
});

test("acknowledgements of pictures are not counted against a client", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  for (let sequence = 1; sequence <= 400; sequence++) {
    viewer.show(picture(sequence));
    await client.until(() => client.pictures.length === sequence);
    client.say({ type: "ack", id: "a", sequence });
  }
  await client.settled();
  expect(client.all("error")).toBeEmpty();
  client.close();
});

test("messages that cannot be understood are answered, and a stream of them ends the socket", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  const bad = ["", "null", "[]", '{"type":"dance"}', '{"type":"open"}', '{"type":"close","id":{}}'];
  for (const text of bad) client.sayRaw(text);
  client.sayRaw(new Uint8Array([1, 2, 3]));
  await client.settled();
  const errors = client.all("error");
  expect(errors).toHaveLength(7);
  expect(errors.every(({ error, status }) => error === "bad-message" && status === 400)).toBeTrue();
  expect(errors[4]).toMatchObject({ request: "open" });
  for (let count = 0; count < 20; count++) client.sayRaw("{");
  const { code, reason } = await client.closed;
  expect(code).toBe(4400);
  expect(reason).toContain("not JSON");
  await viewer.closed;
});

test("a message longer than the limit ends the socket", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  client.sayRaw(JSON.stringify({ type: "ping", filling: "x".repeat(20_000) }));
  await client.closed;
  await viewer.closed;
});

const UPGRADE =
  "GET /ws HTTP/1.1\r\nHost: pc1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/** A text message as a client frames it (RFC 6455, 5.2), with a mask of zeros. */
function framed(message: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from([0x81, 0x80 + text.length, 0, 0, 0, 0]), text]);
}

/** A client that has been greeted, says these messages, and reads nothing any more. */
async function unreading(server: Serving, messages: readonly object[]): Promise<RawClient> {
  const client = await RawClient.ask(server.port, UPGRADE);
  await client.until((text) => text.includes('"hello"'));
  client.pause();
  for (const message of messages) client.send(framed(message));
  return client;
}

test("a client that does not read has one picture waiting, and its other views none", async () => {
  using server = serve();
  const opens = ["a", "b", "c"].map((id) => ({ type: "open", id, pv: id }));
  const client = await unreading(server, opens);
  const viewers = [
    await server.streams.viewer(0),
    await server.streams.viewer(1),
    await server.streams.viewer(2),
  ];
  await aTurn();
  let sequence = 0;
  const round = async (): Promise<void> => {
    sequence++;
    for (const viewer of viewers) viewer.show(picture(sequence, 8_000_000));
    await aTurn();
  };
  for (let count = 0; count < 5; count++) await round();
  const taken = viewers.reduce((sum, viewer) => sum + viewer.sentPictures.length, 0);
  // The kernel's own buffer may hold one; one is half sent, and one view has been asked for the next.
  expect(taken).toBeLessThanOrEqual(2);
  expect(viewers.filter(({ waiting }) => waiting).length).toBeLessThanOrEqual(1);
  client.close();
  await Promise.all(viewers.map((viewer) => viewer.closed));
});

test("a client that answers no ping and reads nothing is cut off after half a minute", async () => {
  using server = serve();
  const client = await unreading(server, [{ type: "open", id: "a", pv: "CAM" }]);
  const viewer = await server.streams.viewer();
  await server.clock.advance(29_999);
  expect(server.clock.pending).toBeGreaterThan(0);
  await server.clock.advance(10_001);
  await viewer.closed;
  expect(server.clock.pending).toBe(0);
  client.close();
});

test("a client that answers pings is kept, however little it says", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  for (let count = 0; count < 12; count++) {
    await server.clock.advance(10_000);
    await client.until(() => client.all("state").length >= (count + 1) * 10);
    // The pong has come by now: it was sent before this ping's answer.
    await client.settled();
  }
  expect(viewer.waiting).toBeTrue();
  client.close();
  await viewer.closed;
  expect(server.clock.pending).toBe(0);
});

test("a socket closed in any state of its views leaves nothing behind", async () => {
  using server = serve();
  const { client, viewer } = await withView(server);
  viewer.show(picture(1));
  await client.until(() => client.pictures.length === 1);
  server.streams.searching = true;
  const asked = server.streams.asked();
  client.say({ type: "update", id: "a", options: { map: "jet" } });
  await asked;
  const askedAgain = server.streams.asked();
  client.say({ type: "open", id: "b", pv: "NOWHERE" });
  await askedAgain;
  client.close();
  await viewer.closed;
  await server.streams.left;
  await client.closed;
  await aTurn();
  expect(viewer.listeners).toBeEmpty();
  expect(server.clock.pending).toBe(0);
});
