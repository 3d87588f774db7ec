import { expect, test } from "bun:test";
import { ServiceError } from "../../../server/errors.ts";
import { picture } from "../fake-streams.ts";
import { serve } from "../serving.ts";
import { ViewsClient } from "./views-client.ts";
import { aTurn, withView } from "./with-view.ts";

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
