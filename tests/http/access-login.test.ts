import { expect, test } from "bun:test";
import fc from "fast-check";
import { readLogin, sessionsOf } from "../../server/http/access-login.ts";
import { addressOf, hideOption } from "../../server/http/address.ts";

const printable = fc.string({ maxLength: 60 }).map((text) => text.replace(/[^\x20-\x7e]/gu, "?"));

test("a session is found among any other cookies, and nothing else is taken for one", () => {
  fc.assert(
    fc.property(printable, printable, (before, after) => {
      const cookie = `${before.replaceAll(";", ",")}; pva-to-video=session; ${after}`;
      const sessions = sessionsOf(new Request("http://pc1/", { headers: { Cookie: cookie } }));
      expect(sessions).toContain("session");
      expect(sessions.length).toBeLessThanOrEqual(50);
    }),
  );
  const other = new Request("http://pc1/", { headers: { Cookie: "xpva-to-video=a; pva-to-video2=b" } });
  expect(sessionsOf(other)).toEqual([]);
});

test("whatever form is sent, a login leads nowhere but to this host", async () => {
  const next = fc.oneof(
    fc.string(),
    fc.string().map((text) => `./${text}`),
    fc.constantFrom("//evil", ".//evil"),
  );
  await fc.assert(
    fc.asyncProperty(fc.string(), next, async (token, wanted) => {
      const body = new URLSearchParams({ token, next: wanted }).toString();
      const headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": String(Buffer.byteLength(body)),
      };
      const login = await readLogin(new Request("http://pc1/login", { method: "POST", body, headers }));
      expect(new URL(login!.next, "http://pc1/login").host).toBe("pc1");
      expect(() => new Headers({ Location: login!.next })).not.toThrow();
    }),
  );
});

test("a token is taken off any query, and the other options stay as they were written", () => {
  const pair = fc.tuple(fc.constantFrom("pv", "roi", "tokens", "atoken", "t"), printable);
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 5 }), fc.nat(5), printable, (pairs, place, token) => {
      const others = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const all = others.toSpliced(place, 0, `token=${encodeURIComponent(token)}`);
      const request = new Request(`http://pc1/mjpg/A?${all.join("&")}`);
      hideOption(request, "token");
      const wanted = new Request(`http://pc1/mjpg/A${others.length === 0 ? "" : `?${others.join("&")}`}`);
      expect(request.url).toBe(wanted.url);
      expect(addressOf(request).query.has("token")).toBe(false);
    }),
  );
});

test("a browser that leaves while it sends its form is gone, and that is no fault of ours", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": "30" };
  const reading = readLogin(new Request("http://pc1/login", { method: "POST", body, headers }));
  expect(await reading.catch((error: unknown) => error)).toMatchObject({ code: "client-gone" });
});
