import { expect, test } from "bun:test";
import { RawClient } from "./raw-client.ts";
import { serve } from "./serving.ts";

test("/healthz is 200 while the service serves", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("ok\n");
});

test("/viewer.json tells the page which simulated cameras there are", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/viewer.json`);
  expect(await response.json()).toEqual({ simulated: [{ name: "SIM:beam", description: "A beam spot." }] });
});

test.each(["/nothing", "/mjpg", "/mjp/CAM"])(
  "%s is 404 as JSON that tells which routes there are",
  async (path) => {
    using server = serve();
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    const { error, message } = (await response.json()) as { error: string; message: string };
    expect(error).toBe("unknown-route");
    for (const route of ["/mjpg/<PV>", "/ws/mjpg/<PV>", "/healthz"]) expect(message).toContain(route);
  },
);

test("anything but reading is 405 with the methods that are allowed", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/mjpg/CAM`, { method: "POST", body: "x" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
});

test("a browser that asks first may read from any page, without credentials", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/mjpg/CAM`, { method: "OPTIONS" });
  expect(response.status).toBe(204);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("access-control-allow-methods")).toBe("GET, HEAD, OPTIONS");
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
});

test.each(["x", "pc1", "a b", "[", "a:99999", "", "é"])("the host %p finds its routes", async (host) => {
  using server = serve();
  const ask = async (path: string): Promise<string> => {
    const request = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    const client = await RawClient.ask(server.port, request);
    const text = await client.until((all) => all.includes("\r\n\r\n"));
    client.close();
    return text.slice(0, text.indexOf("\r\n"));
  };
  expect(await ask("/healthz")).toBe("HTTP/1.1 200 OK");
  expect(await ask("/mjpg/CAM")).toBe("HTTP/1.1 200 OK");
  expect(await ask("/mjpg/CAM?fps=x")).toBe("HTTP/1.1 400 Bad Request");
  expect(await ask("/nothing")).toBe("HTTP/1.1 404 Not Found");
  expect(server.errors).toBeEmpty();
});
