import { expect, test } from "bun:test";
import { picture } from "./fake-streams.ts";
import { RawClient, unchunked } from "./raw-client.ts";
import { serve } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";

const placeholder = { ...picture(1), iocTime: undefined, placeholder: true };

test.each([
  ["/mjpg/CAM", "lost"],
  ["/mjpg/CAM?placeholder=1", "always"],
  ["/mjpg/CAM?placeholder=0", "never"],
])("a stream of %s is opened with placeholder %s", async (path, wish) => {
  using server = serve();
  const client = await RawClient.get(server.port, path);
  await server.streams.viewer();
  expect(server.streams.opened[0]!.placeholder).toBe(wish as "lost");
  client.close();
});

test.each([
  ["/ws/mjpg/CAM", "lost"],
  ["/ws/mjpg/CAM?status=1", "never"],
  ["/ws/mjpg/CAM?status=1&placeholder=1", "always"],
])(
  "a socket of %s, which may be told the state in words, is opened with placeholder %s",
  async (path, wish) => {
    using server = serve();
    const client = new SocketClient(server, path);
    const viewer = await server.streams.viewer();
    expect(server.streams.opened[0]!.placeholder).toBe(wish as "lost");
    client.close();
    await viewer.closed;
  },
);

test("a placeholder's part says that it is one, and nothing of a frame", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM");
  (await server.streams.viewer()).show(placeholder);
  const text = await client.until((all) => all.includes("\xff\xd9\r\n--frame\r\n"));
  const head = unchunked(text).split("--frame\r\n")[1]!.split("\r\n\r\n")[0]!;
  expect(head.split("\r\n")).toEqual(["Content-Type: image/jpeg", "Content-Length: 32", "X-Placeholder: 1"]);
  client.close();
});

test("a socket's status tells of the camera's last picture, not of the placeholder", async () => {
  using server = serve();
  const client = new SocketClient(server, "/ws/mjpg/CAM?status=1&placeholder=1");
  const viewer = await server.streams.viewer();
  viewer.show(placeholder);
  await client.until(({ pictures }) => pictures.length === 1);
  viewer.change({ state: "disconnected" });
  await client.until(({ statuses }) => statuses.some(({ state }) => state === "disconnected"));
  expect(client.statuses.every((status) => !("picture" in status))).toBe(true);
  client.close();
  await viewer.closed;
});

test("a route tells its viewer of each part that the socket has taken, with its bytes", async () => {
  using server = serve();
  const client = await RawClient.get(server.port, "/mjpg/CAM");
  const viewer = await server.streams.viewer();
  for (const sequence of [1, 2]) {
    viewer.show(picture(sequence));
    await client.until((all) => all.split("\xff\xd9\r\n--frame\r\n").length === sequence + 1);
  }
  viewer.repeat();
  await client.until((all) => all.split("\xff\xd9\r\n--frame\r\n").length === 4);
  expect(viewer.sentPictures.map(({ sequence }) => sequence)).toEqual([1, 2, 2]);
  expect(viewer.sentPictures.every(({ bytes }) => bytes > 32)).toBe(true);
  client.close();
});
