import { describe, expect, test } from "bun:test";
import { openAccess } from "../support/open-access.ts";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";
import { BROWSER, serveWithTokens, get, cookieOf } from "./with-tokens.ts";

describe("places", () => {
  test("beyond them there is 429 or 503 with Retry-After, until a viewer has left", async () => {
    const access = openAccess({ maxViewers: 3, maxViewersPerAddress: 2 });
    using serving = serve({ access });
    const first = await RawClient.get(serving.port, "/mjpg/A");
    (await serving.streams.viewer(0)).show(picture(1));
    const socket = new SocketClient(serving, "/ws/mjpg/B");
    await serving.streams.viewer(1);
    const refused = await get(serving, "/mjpg/C");
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("30");
    expect(await refused.json()).toMatchObject({ error: "too-many-viewers-of-address" });
    const onSocket = new SocketClient(serving, "/ws/mjpg/C?status=1");
    expect((await onSocket.closed).code).toBe(4429);
    first.close();
    socket.close();
    while (access.places.taken > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await RawClient.get(serving.port, "/mjpg/D");
    await serving.streams.viewer(2);
    next.close();
  });

  test("are given back by whoever is refused, only wanted the headers, or left while waiting", async () => {
    const access = openAccess();
    using serving = serve({ access });
    serving.streams.refusal = new Error("broken");
    await get(serving, "/mjpg/A");
    expect(access.places.taken).toBe(0);
    serving.streams.refusal = undefined;
    await fetch(`${serving.url}/mjpg/A`, { method: "HEAD" });
    while (access.places.taken > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    serving.streams.searching = true;
    const leaving = await RawClient.get(serving.port, "/mjpg/A");
    await serving.streams.asked();
    expect(access.places.taken).toBe(1);
    leaving.close();
    await serving.streams.left;
    while (access.places.taken > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe("origins", () => {
  const listed = "https://elog.lab.org";

  test("any page may read by default, without credentials", async () => {
    using serving = serve();
    const answer = await get(serving, "/viewer.json", { Origin: listed });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.has("access-control-allow-credentials")).toBe(false);
    expect(answer.headers.has("vary")).toBe(false);
  });

  test("where it is narrowed, those listed and our own may, and caches are told why", async () => {
    using serving = serve({ access: openAccess({ corsOrigin: [listed] }) });
    const allowed = async (origin: string): Promise<string | null> => {
      const answer = await get(serving, "/viewer.json", { Origin: origin });
      expect(answer.headers.get("vary")).toBe("Origin");
      return answer.headers.get("access-control-allow-origin");
    };
    expect(await allowed(listed)).toBe(listed);
    expect(await allowed(serving.url)).toBe(serving.url);
    expect(await allowed("https://evil.org")).toBeNull();
    expect(await allowed("null")).toBeNull();
    expect(await allowed(`${listed}.evil.org`)).toBeNull();
  });

  test("where it is only ourselves, other sites cannot embed pictures either", async () => {
    using serving = serve({ access: openAccess({ corsOrigin: ["self"] }) });
    const answer = await get(serving, "/viewer.json");
    expect(answer.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
  });

  test("a preflight says yes for a token in a header, to those who may", async () => {
    using serving = serveWithTokens();
    const preflight = await fetch(`${serving.url}/api/streams`, {
      method: "OPTIONS",
      headers: { Origin: listed },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
    using narrowed = serve({ access: openAccess({ corsOrigin: ["self"] }) });
    const refused = await fetch(`${narrowed.url}/mjpg/A`, { method: "OPTIONS", headers: { Origin: listed } });
    expect(refused.headers.has("access-control-allow-origin")).toBe(false);
  });

  test("a page that may not read opens no socket: 403, and 4403 for a browser", async () => {
    using serving = serve({ access: openAccess({ corsOrigin: [listed] }) });
    const evil = { Origin: "https://evil.org" };
    const program = await get(serving, "/ws/mjpg/CAM", { ...evil, Upgrade: "websocket" });
    expect(program.status).toBe(403);
    expect(await program.json()).toMatchObject({ error: "origin-not-allowed" });
    const page = new SocketClient(serving, "/ws/mjpg/CAM", { ...evil, ...BROWSER });
    expect((await page.closed).code).toBe(4403);
    expect(serving.streams.opened).toEqual([]);
    const others: Record<string, string>[] = [{ Origin: listed }, { Origin: serving.url }, {}];
    for (const origin of others) {
      const socket = new SocketClient(serving, "/ws/mjpg/CAM", origin);
      await serving.streams.asked();
      socket.close();
    }
    expect(serving.streams.opened.length).toBe(3);
  });

  test("a page of another origin cannot open a socket with the login of a visitor", async () => {
    using serving = serveWithTokens();
    const cookie = { Cookie: await cookieOf(serving), ...BROWSER };
    const foreign = new SocketClient(serving, "/ws/mjpg/CAM", { ...cookie, Origin: "https://evil.org" });
    expect((await foreign.closed).code).toBe(4401);
    expect(serving.streams.opened).toEqual([]);
    const own = new SocketClient(serving, "/ws/mjpg/CAM", { ...cookie, Origin: serving.url });
    await serving.streams.viewer();
    own.close();
  });
});
