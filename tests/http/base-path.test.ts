import { expect, test } from "bun:test";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";

test.each(["/lab/cameras", ""])("below %p everything is where it is without a base path", async (front) => {
  using server = serve({ basePath: "/lab/cameras" });
  const at = `${server.url}${front}`;
  expect((await fetch(`${at}/`)).headers.get("content-type")).toStartWith("text/html");
  expect((await fetch(`${at}/healthz`)).status).toBe(200);
  expect((await fetch(`${at}/mjpg/CAM?fps=x`)).status).toBe(400);
  expect((await fetch(`${at}/nothing`)).status).toBe(404);
  const stream = await RawClient.get(server.port, `${front}/mjpg/lab/cameras/CAM?quality=7`);
  const viewer = await server.streams.viewer();
  expect(server.streams.opened).toMatchObject([{ pv: "lab/cameras/CAM", recipe: { quality: 7 } }]);
  viewer.show(picture(1));
  await stream.until((text) => text.includes("\xff\xd9"));
  stream.close();
});

test("a WebSocket is found below it", async () => {
  using server = serve({ basePath: "/lab/cameras" });
  const socket = new SocketClient(server, "/lab/cameras/ws/mjpg/CAM");
  const viewer = await server.streams.viewer();
  viewer.show(picture(1));
  await socket.until(({ pictures }) => pictures.length === 1);
  expect(server.streams.opened).toMatchObject([{ pv: "CAM" }]);
  socket.close();
});

test.each([
  ["/lab/cameras", "/lab/cameras/"],
  ["/lab/cameras?pv=A&pv=B/C", "/lab/cameras/?pv=A&pv=B/C"],
])("%s leads to %s, whatever a proxy put before it", async (path, to) => {
  using server = serve({ basePath: "/lab/cameras" });
  const response = await fetch(`${server.url}${path}`, { redirect: "manual" });
  expect(response.status).toBe(307);
  const seenByBrowser = new URL(response.headers.get("location")!, `https://site/front${path}`);
  expect(seenByBrowser.href).toBe(`https://site/front${to}`);
});

test.each(["/lab/camerasX/healthz", "/LAB/cameras/healthz", "/lab", "/lab/cameras/lab/cameras/healthz"])(
  "%s is not below it",
  async (path) => {
    using server = serve({ basePath: "/lab/cameras" });
    expect((await fetch(`${server.url}${path}`)).status).toBe(404);
  },
);
