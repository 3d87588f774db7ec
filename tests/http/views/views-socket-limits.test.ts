import { expect, test } from "bun:test";
import { picture } from "../fake-streams.ts";
import { serve } from "../serving.ts";
import { ViewsClient } from "./views-client.ts";
import { withView } from "./with-view.ts";

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
