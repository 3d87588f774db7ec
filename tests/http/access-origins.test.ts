import { expect, test } from "bun:test";
import { Origins } from "../../server/http/access-origins.ts";

interface Asking {
  readonly origin?: string;
  readonly site?: string;
  readonly host?: string;
  readonly secure?: boolean;
}

/** Whether such a request is taken for one of our own pages. */
function isOurs({ origin, site, host = "pc1:8080", secure = false }: Asking): boolean {
  const headers = { ...(origin && { Origin: origin }), ...(site && { "Sec-Fetch-Site": site }) };
  const request = new Request("http://localhost/ws", { headers });
  return new Origins(["self"]).isOurs(request, { address: "192.0.2.1", host, secure });
}

test.each<[Asking, boolean]>([
  [{}, true],
  [{ origin: "http://pc1:8080" }, true],
  [{ origin: "http://pc1:8081" }, false],
  [{ origin: "http://pc2:8080" }, false],
  [{ origin: "null" }, false],
  [{ origin: "null", host: "" }, false],
  [{ origin: "http://pc1", host: "pc1:80" }, true],
  [{ origin: "https://pc1", host: "pc1", secure: true }, true],
])("%p is of our own page: %p", (asking, ours) => {
  expect(isOurs(asking)).toBe(ours);
});

test("a proxy for TLS that does not tell of it takes no login away", () => {
  expect(isOurs({ origin: "https://pc1", host: "pc1", secure: false })).toBe(true);
});

test("over TLS a page that came without is not ours: anybody on the way may have written it", () => {
  expect(isOurs({ origin: "http://pc1", host: "pc1", secure: true })).toBe(false);
});

test("what the browser says itself of where a page comes from is believed, whatever the host is", () => {
  expect(isOurs({ origin: "https://cameras.lab", site: "same-origin", host: "10.0.0.1:8080" })).toBe(true);
  expect(isOurs({ origin: "http://pc1:8080", site: "same-site" })).toBe(false);
  expect(isOurs({ origin: "http://pc1:8080", site: "cross-site" })).toBe(false);
});
