import { describe, expect, test } from "bun:test";
import { readOptions } from "../../server/http/query.ts";
import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { openAccess } from "../support/open-access.ts";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";
import { ALICE, BOB, PAGE, serveWithTokens, get, bearer, logIn, cookieOf } from "./with-tokens.ts";

describe("methods", () => {
  test.each(["POST", "PUT", "DELETE", "PATCH"])(
    "%s is 405 everywhere, with what is allowed",
    async (method) => {
      using serving = serve();
      for (const path of ["/", "/login", "/mjpg/CAM", "/healthz", "/nowhere"]) {
        const answer = await fetch(`${serving.url}${path}`, { method });
        expect([path, answer.status]).toEqual([path, 405]);
        expect(answer.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
      }
      expect(serving.streams.opened).toEqual([]);
    },
  );

  test("with tokens, only a login is posted", async () => {
    using serving = serveWithTokens();
    expect((await fetch(`${serving.url}/`, { method: "POST" })).status).toBe(405);
  });

  test.each(["a b", "pc1:port", "[::1", '"<>', "..", "x".repeat(5000)])(
    "a host %p that is none is answered like any",
    async (host) => {
      using serving = serve();
      const client = await RawClient.ask(serving.port, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(await client.until((text) => text.includes("\r\n\r\n"))).toMatch(/^HTTP\/1\.1 (200|400) /u);
      client.close();
    },
  );

  test("a header of 100 kB is refused and the next request served", async () => {
    using serving = serve();
    const client = await RawClient.ask(
      serving.port,
      `GET /healthz HTTP/1.1\r\nHost: pc1\r\nX-Filling: ${"x".repeat(100_000)}\r\n\r\n`,
    );
    expect(await client.untilClosed()).toMatch(/^(HTTP\/1\.1 (431|400) [^]*)?$/u);
    expect((await get(serving, "/healthz")).status).toBe(200);
  });
});

describe("tokens", () => {
  test("without one there is 401 for all but the health of the service", async () => {
    using serving = serveWithTokens();
    for (const path of ["/", "/viewer.json", "/mjpg/CAM", "/metrics", "/api/streams", "/nowhere"]) {
      const answer = await get(serving, path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers.get("www-authenticate")).toStartWith("Bearer ");
      expect(await answer.json()).toMatchObject({ error: "unauthorized" });
    }
    expect((await get(serving, "/healthz")).status).toBe(200);
    expect((await get(serving, "/readyz")).status).not.toBe(401);
    expect(serving.streams.opened).toEqual([]);
  });

  test("each way to give one is taken", async () => {
    using serving = serveWithTokens();
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(200);
    expect((await get(serving, "/viewer.json", { authorization: `bearer  ${BOB} ` })).status).toBe(200);
    expect((await get(serving, `/viewer.json?token=${ALICE}`)).status).toBe(200);
    expect((await get(serving, `/viewer.json?token=${BOB}`)).status).toBe(200);
    expect((await get(serving, `/viewer.json?token=${encodeURIComponent(BOB)}`)).status).toBe(200);
    expect((await get(serving, "/viewer.json", { Cookie: await cookieOf(serving) })).status).toBe(200);
  });

  test("a token in the query is kept from routes and their words", async () => {
    using serving = serveWithTokens();
    const answer = await get(serving, `/mjpg/CAM?nonsense=1&token=${ALICE}`);
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain("nonsense");
    expect(text).not.toContain(ALICE);
    const stream = await RawClient.get(serving.port, `/mjpg/CAM?token=${ALICE}&fps=3`);
    await serving.streams.viewer();
    stream.close();
    expect(serving.streams.opened[0]).toMatchObject({ pv: "CAM", fps: 3 });
    expect(serving.lines.join("\n")).not.toContain(ALICE);
    expect(() => readOptions(new URLSearchParams("token=x"), [], "CAM")).toThrow();
  });

  test("a wrong one is 401, and ten of them lock the address out for a moment, the right one too", async () => {
    using serving = serveWithTokens();
    const cookie = await cookieOf(serving);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++)
      statuses.push((await get(serving, "/viewer.json", bearer("wrong-token-0123456789"))).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const locked = await get(serving, "/viewer.json", bearer(ALICE));
    expect(locked.status).toBe(429);
    expect(locked.headers.get("retry-after")).toBe("6");
    expect(await locked.json()).toMatchObject({ error: "too-many-attempts" });
    expect((await logIn(serving)).status).toBe(429);
    expect((await get(serving, "/viewer.json", { Cookie: cookie })).status).toBe(200);
    expect(serving.lines.filter((line) => line.startsWith("Many wrong tokens")).length).toBe(1);
    await serving.clock.advance(6000);
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(200);
  });

  test("a cookie that does not hold any more is asked for again, and locks nobody out", async () => {
    using serving = serveWithTokens();
    for (let attempt = 0; attempt < 12; attempt++)
      expect((await get(serving, "/viewer.json", { Cookie: "pva-to-video=old" })).status).toBe(401);
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(200);
  });

  test("every refusal is counted by its code", async () => {
    using serving = serveWithTokens();
    const cookie = await cookieOf(serving);
    await get(serving, "/viewer.json");
    await get(serving, "/", PAGE);
    for (let attempt = 0; attempt < 11; attempt++) await get(serving, "/", bearer("wrong"));
    await fetch(`${serving.url}/`, { method: "PUT" });
    const metrics = await (await get(serving, "/metrics", { Cookie: cookie })).text();
    const counted = [...metrics.matchAll(/^pva_to_video_refusals_total\{code="([a-z-]+)"\} (\d+)$/gmu)];
    expect(Object.fromEntries(counted.map(([, code, count]) => [code, Number(count)]))).toEqual({
      unauthorized: 12,
      "too-many-attempts": 1,
      "method-not-allowed": 1,
    });
  });
});

describe("tokens that are taken back", () => {
  test("end what was opened with them, at a whole picture, and leave the others", async () => {
    using serving = serveWithTokens();
    const ofAlice = await RawClient.get(serving.port, `/mjpg/A?token=${ALICE}`);
    const alice = await serving.streams.viewer(0);
    const ofBob = await RawClient.get(serving.port, `/mjpg/B?token=${BOB}`);
    const bob = await serving.streams.viewer(1);
    const socket = new SocketClient(serving, `/ws/mjpg/C?token=${ALICE}`);
    const onSocket = await serving.streams.viewer(2);
    onSocket.show(picture(1));
    await socket.until(({ pictures }) => pictures.length === 1);
    alice.show(picture(1));
    await ofAlice.until((text) => text.includes("\xff\xd9"));
    serving.tokens.replace(parseTokens(BOB));
    expect(await ofAlice.until((text) => text.endsWith("0\r\n\r\n"))).toContain("\xff\xd9\r\n--frame\r\n");
    await socket.closed;
    bob.show(picture(2));
    await ofBob.until((text) => text.includes("\xff\xd9"));
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(401);
    ofBob.close();
  });

  test("end the sessions of browsers too", async () => {
    using serving = serveWithTokens();
    const cookie = await cookieOf(serving);
    serving.tokens.replace(parseTokens(BOB));
    expect((await get(serving, "/viewer.json", { Cookie: cookie })).status).toBe(401);
    serving.tokens.replace(parseTokens(`${BOB}\n${ALICE}`));
    expect((await get(serving, "/viewer.json", { Cookie: cookie })).status).toBe(200);
  });

  test("end a search that still goes on, and give its place back", async () => {
    const tokens = new Tokens(parseTokens(`${ALICE}\n${BOB}`));
    const access = openAccess({ tokens });
    using serving = serve({ access });
    serving.streams.searching = true;
    const answer = get(serving, "/mjpg/CAM", bearer(ALICE));
    await serving.streams.asked();
    expect(access.places.taken).toBe(1);
    tokens.replace(parseTokens(BOB));
    expect((await answer).status).toBe(401);
    expect(access.places.taken).toBe(0);
  });
});
