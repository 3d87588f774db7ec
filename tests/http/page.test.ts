import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Page } from "../../server/http/page.ts";
import { serve } from "./serving.ts";

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const task of cleanUp.splice(0)) task();
});

/** A page of one script on disk, which a test may change. */
function smallPage(embeddedBy: readonly string[] = ["*"]): { page: Page; write: (script: string) => void } {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  let written = 0;
  const write = (script: string): void => {
    writeFileSync(join(folder, "page.ts"), script);
    // As if seconds apart, however coarse the file system's times are.
    utimesSync(join(folder, "page.ts"), ++written, written);
  };
  writeFileSync(join(folder, "index.html"), `<!doctype html><script type="module" src="./page.ts"></script>`);
  return { page: new Page({ entry: join(folder, "index.html"), embeddedBy }), write };
}

const ask = (page: Page, path: string, headers: Record<string, string> = {}): Promise<Response | undefined> =>
  page.answer(new Request(`http://host:1${path}`, { headers: { Host: "host:1", ...headers } }));

async function scriptOf(page: Page): Promise<string> {
  const html = await (await ask(page, "/"))!.text();
  return /src="\.(\/assets\/[^"]+)"/u.exec(html)![1]!;
}

test("the page is at /, with and without a PV, and all it names is there under relative addresses", async () => {
  using server = serve();
  for (const path of ["/", "/?pv=CAM"]) {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html;charset=utf-8");
    const html = await response.text();
    const named = [...html.matchAll(/<(?:script|link)[^>]* (?:src|href)="(?!data:)([^"]+)"/gu)].map(
      ([, address]) => address!,
    );
    expect(named).toHaveLength(2);
    for (const address of named) {
      expect(address).toMatch(/^\.\/assets\/index-[a-z\d]+\.(js|css)$/u);
      const asset = await fetch(new URL(address, `${server.url}/`));
      expect(asset.status).toBe(200);
      const type = address.endsWith("js") ? "text/javascript" : "text/css";
      expect(asset.headers.get("content-type")).toBe(`${type};charset=utf-8`);
    }
  }
});

test("the page is asked for anew each time, at the cost of its headers; what it names is kept for ever", async () => {
  const { page, write } = smallPage();
  write("console.log(1)");
  const first = (await ask(page, "/"))!;
  expect(first.headers.get("cache-control")).toBe("no-cache");
  const tag = first.headers.get("etag")!;
  for (const tags of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const again = (await ask(page, "/", { "If-None-Match": tags }))!;
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(tag);
    expect(again.headers.get("content-security-policy")).not.toBeNull();
    expect(await again.text()).toBe("");
  }
  expect((await ask(page, "/", { "If-None-Match": '"other"' }))!.status).toBe(200);
  const asset = (await ask(page, await scriptOf(page)))!;
  expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});

test("a changed source makes another page, whose script has another name", async () => {
  const { page, write } = smallPage();
  write("console.log('first')");
  const first = await scriptOf(page);
  expect(await scriptOf(page)).toBe(first);
  write("console.log('second')");
  const [one, other] = await Promise.all([scriptOf(page), scriptOf(page)]);
  expect(one).not.toBe(first);
  expect(other).toBe(one);
  expect(await (await ask(page, one))!.text()).toContain("second");
  expect(await ask(page, first)).toBeUndefined();
});

test("a fault in a source is told with its place, and a mended one is forgotten", async () => {
  const { page, write } = smallPage();
  write("let a = ;");
  const error: unknown = await ask(page, "/").catch((cause: unknown) => cause);
  expect(String(error)).toMatch(/page\.ts:1:9 Unexpected ;/u);
  write("let a = 1; console.log(a);");
  expect((await ask(page, "/"))!.status).toBe(200);
});

test("browsers are told what the page may do, and that its host's WebSockets are its own", async () => {
  const { page, write } = smallPage();
  write("");
  const { headers } = (await ask(page, "/"))!;
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; " +
      "connect-src 'self' ws://host:1 wss://host:1; base-uri 'none'; form-action 'self'",
  );
  expect(headers.get("permissions-policy")).toContain("camera=()");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test.each(["a b", "a; script-src *", "", "[", "é", "a:1:2"])("the host %p is not named", async (host) => {
  const { page, write } = smallPage();
  write("");
  const request = { url: "http://x/", headers: { get: (name: string) => (name === "host" ? host : null) } };
  const { headers } = (await page.answer(request as unknown as Request))!;
  expect(headers.get("content-security-policy")).toContain("connect-src 'self'; base-uri");
});

test.each([
  [["*"], null],
  [["self"], "frame-ancestors 'self'"],
  [["https://dash.lab", "https://x:8443"], "frame-ancestors 'self' https://dash.lab https://x:8443"],
])("whoever may read pictures (%p) may show the page in a frame", async (embeddedBy, directive) => {
  const { page, write } = smallPage(embeddedBy);
  write("");
  const policy = (await ask(page, "/"))!.headers.get("content-security-policy")!;
  const found = /frame-ancestors[^;]*/u.exec(policy);
  expect(found === null ? null : found[0]).toBe(directive);
});

test("HEAD of the page has the headers of GET and nothing behind them", async () => {
  using server = serve();
  const [get, head] = await Promise.all([
    fetch(`${server.url}/`),
    fetch(`${server.url}/`, { method: "HEAD" }),
  ]);
  expect(head.status).toBe(200);
  for (const name of ["etag", "content-type", "content-length", "content-security-policy"]) {
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  }
  expect(await head.text()).toBe("");
});

test("anything but reading the page is 405, and what is not of it is 404", async () => {
  using server = serve();
  expect((await fetch(`${server.url}/`, { method: "POST", body: "x" })).status).toBe(405);
  for (const path of ["/assets/", "/assets/nothing.js", "/assets/..%2Findex.html", "/index.html"]) {
    const response = await fetch(`${server.url}${path}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: "unknown-route" });
  }
});
