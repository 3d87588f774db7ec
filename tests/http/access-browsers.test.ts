import { createHmac } from "node:crypto";
import { describe, expect, test } from "bun:test";
import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { openAccess } from "../support/open-access.ts";
import { serve, type Serving } from "./serving.ts";
import { ALICE, PAGE, serveWithTokens, get, bearer, logIn } from "./with-tokens.ts";

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
