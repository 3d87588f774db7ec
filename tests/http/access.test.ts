import { createHmac } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { readOptions } from "../../server/http/query.ts";
import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { silentLog } from "../../server/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { openAccess } from "../support/open-access.ts";
import { picture } from "./fake-streams.ts";
import { RawClient } from "./raw-client.ts";
import { serve, type Serving } from "./serving.ts";
import { SocketClient } from "./socket-client.ts";

const ALICE = "alice-token-0123456789";
const BOB = "bob+token/9876543210=";
const BROWSER = { "User-Agent": "Mozilla/5.0" };
const PAGE = { ...BROWSER, Accept: "text/html,*/*;q=0.8" };

function serveWithTokens(text = `${ALICE} Alice\n${BOB} Bob`): Serving & { tokens: Tokens; lines: string[] } {
  const tokens = new Tokens(parseTokens(text));
  const lines: string[] = [];
  const clock = new ManualClock();
  const note = (message: string, properties?: object): void =>
    void lines.push(`${message} ${JSON.stringify(properties)}`);
  const log = { ...silentLog, debug: note, info: note, warning: note, error: note };
  const serving = serve({ access: openAccess({ tokens, log, clock }), log });
  return { ...serving, clock, tokens, lines, [Symbol.dispose]: () => serving[Symbol.dispose]() };
}

function get(serving: Serving, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${serving.url}${path}`, { headers, redirect: "manual" });
}

const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

async function logIn(serving: Serving, token = ALICE, next = "./?pv=CAM"): Promise<Response> {
  const body = new URLSearchParams({ token, next });
  return fetch(`${serving.url}/login`, { method: "POST", body, redirect: "manual" });
}

async function cookieOf(serving: Serving): Promise<string> {
  return (await logIn(serving)).headers.get("set-cookie")!.split(";")[0]!;
}

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

/** What a browser would keep after a login with `token`, worked out without one. */
function forged(token: string): Record<string, string> {
  const session = createHmac("sha256", token).update("pva-to-video session 1").digest("base64url");
  return { Cookie: `pva-to-video=${session}` };
}

describe("cookies that do not hold", () => {
  async function guess(serving: Serving): Promise<number[]> {
    const statuses: number[] = [];
    for (let index = 0; index < 12; index++)
      statuses.push((await get(serving, "/viewer.json", forged(`some-guess-token-${index}`))).status);
    return statuses;
  }

  test("guesses sent as cookies are slowed down as those of tokens are, right ones too", async () => {
    using serving = serveWithTokens();
    expect(await guess(serving)).toEqual([...Array<number>(10).fill(401), 429, 429]);
    expect((await get(serving, "/viewer.json", forged(ALICE))).status).toBe(429);
    await serving.clock.advance(12_000);
    expect((await get(serving, "/viewer.json", forged(ALICE))).status).toBe(200);
  });

  test("a browser that was in stays in while others guess from its address", async () => {
    using serving = serveWithTokens();
    expect((await get(serving, "/viewer.json", forged(ALICE))).status).toBe(200);
    await guess(serving);
    expect((await get(serving, "/viewer.json", forged(ALICE))).status).toBe(200);
  });

  test("a cookie of a token that is gone is one wrong try, however often it is sent", async () => {
    using serving = serveWithTokens();
    for (let index = 0; index < 30; index++)
      expect((await get(serving, "/viewer.json", forged("token-that-was-once"))).status).toBe(401);
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(200);
  });

  test("what can be no session at all is no try", async () => {
    using serving = serveWithTokens();
    for (let index = 0; index < 30; index++)
      expect((await get(serving, "/viewer.json", { Cookie: `pva-to-video=${index}` })).status).toBe(401);
    expect((await get(serving, "/viewer.json", bearer(ALICE))).status).toBe(200);
  });
});

describe("logins", () => {
  test("a browser that asks for a page is shown a login that needs no script", async () => {
    using serving = serveWithTokens();
    const answer = await get(serving, "/?pv=%22CAM%22&range=1,2", PAGE);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = answer.headers.get("content-security-policy")!;
    const html = await answer.text();
    expect(html).toContain('<form method="post" action="login">');
    expect(html).toContain('value="./?pv=%22CAM%22&amp;range=1,2"');
    expect(html).not.toContain("<script");
    const style = /<style>([^]*)<\/style>/u.exec(html)![1]!;
    const digest = new Bun.CryptoHasher("sha256").update(style).digest("base64");
    expect(policy).toContain(`style-src 'sha256-${digest}'`);
    expect(policy).toStartWith("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  test("below another path the form leads to the same login", async () => {
    using serving = serveWithTokens();
    const html = await (await get(serving, "/mjpg/CAM/X", PAGE)).text();
    expect(html).toContain('action="../../login"');
    expect(html).toContain('value="./mjpg/CAM/X"');
  });

  test("a link on another site shows the page to whoever is logged in: the cookie comes with the second look", async () => {
    using serving = serveWithTokens();
    const fromElsewhere = await get(serving, "/", { ...PAGE, "Sec-Fetch-Site": "cross-site" });
    expect(await fromElsewhere.text()).toContain('http-equiv="refresh"');
    const again = await get(serving, "/", { ...PAGE, "Sec-Fetch-Site": "same-origin" });
    expect(await again.text()).not.toContain("http-equiv");
  });

  test("a login leads on and leaves a cookie that is not the token", async () => {
    using serving = serveWithTokens();
    const answer = await logIn(serving);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("./?pv=CAM");
    const cookie = answer.headers.get("set-cookie")!;
    expect(cookie).toMatch(/^pva-to-video=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/u);
    expect(cookie).not.toContain(ALICE);
  });

  test("the cookie of a login that came by TLS goes by TLS only, below the base path", async () => {
    const tokens = new Tokens(parseTokens(ALICE));
    const trustedProxy = [{ address: "127.0.0.1", prefix: 32, family: "ipv4" as const }];
    using serving = serve({
      access: openAccess({ tokens, trustedProxy, basePath: "/lab" }),
      basePath: "/lab",
    });
    const body = new URLSearchParams({ token: ALICE });
    const headers = { "X-Forwarded-Proto": "https" };
    const answer = await fetch(`${serving.url}/lab/login`, {
      method: "POST",
      body,
      headers,
      redirect: "manual",
    });
    expect(answer.headers.get("set-cookie")).toMatch(/; Path=\/lab\/; .*; Secure$/u);
  });

  test("whoever opens a link with a wrong token reads so on the login page, which leads where the link led", async () => {
    using serving = serveWithTokens();
    const statuses: number[] = [];
    for (let index = 0; index < 11; index++) {
      const answer = await get(serving, `/?pv=CAM&token=wrong-token-012345678${index}`, PAGE);
      statuses.push(answer.status);
      const html = await answer.text();
      expect(html).toContain(index < 10 ? "not a token of this server" : "Too many wrong tokens");
      expect(html).toContain('name="next" value="./?pv=CAM"');
      expect(html).not.toContain("wrong-token");
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });

  test("a wrong token shows the login again, with what is wrong", async () => {
    using serving = serveWithTokens();
    const answer = await logIn(serving, "wrong-token");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    const html = await answer.text();
    expect(html).toContain("not a token of this server");
    expect(html).toContain('value="./?pv=CAM"');
  });

  test.each(["//evil.org", "https://evil.org", "/\\evil.org", "./\r\nSet-Cookie: a=b", "", "javascript:1"])(
    "a login does not lead to %p",
    async (next) => {
      using serving = serveWithTokens();
      const location = (await logIn(serving, ALICE, next)).headers.get("location")!;
      expect(new URL(location, "http://pc1/login").href).toBe("http://pc1/");
    },
  );

  test("what is no form is no login", async () => {
    using serving = serveWithTokens();
    const json = { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } };
    expect((await fetch(`${serving.url}/login`, json)).status).toBe(400);
    const large = new URLSearchParams({ token: "x".repeat(10_000) });
    expect((await fetch(`${serving.url}/login`, { method: "POST", body: large })).status).toBe(400);
  });

  test("whoever opens a link with a token is logged in, and the token leaves the address bar", async () => {
    using serving = serveWithTokens();
    const answer = await get(serving, `/?pv=CAM&token=${ALICE}`, PAGE);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("./?pv=CAM");
    expect(answer.headers.get("set-cookie")).toContain("HttpOnly");
    const inFrame = await get(serving, `/?token=${ALICE}`, { ...PAGE, "Sec-Fetch-Dest": "iframe" });
    expect(inFrame.status).toBe(200);
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
