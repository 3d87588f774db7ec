import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { Proxy, withoutNginx } from "../support/proxy.ts";
import { type Service, startService } from "../support/service.ts";
import {
  CAMERA,
  example,
  FLAGS,
  testBelowBasePath,
  testForwardedAddress,
  testPlainProxy,
} from "./proxied.ts";

setDefaultTimeout(10_000);

/** nginx with its own settings, and in `server` no more than each test's name says. */
describe.skipIf(withoutNginx())("behind nginx", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ nameServers: "", flags: FLAGS });
  });
  afterAll(() => service.close());

  const proxyTo = (server: string): Promise<Proxy> =>
    Proxy.nginx(server.replaceAll("http://127.0.0.1:8080", service.url("")));

  describe("with proxy_pass alone", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await proxyTo("location / { proxy_pass http://127.0.0.1:8080; }");
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    testPlainProxy(() => ({ proxy, service }));

    test("a WebSocket is refused in words, for nginx does not pass it on", async () => {
      const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
      const headers = { ...upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==" };
      const refused = await fetch(proxy.url(`/ws/mjpg/${CAMERA}`), { headers });
      expect(refused.status).toBe(426);
      expect(await refused.json()).toMatchObject({ error: "not-a-websocket" });
    });
  });

  describe("with the README's lines", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await proxyTo(example("nginx"));
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    testBelowBasePath(() => ({ proxy, service }));
    testForwardedAddress(() => ({ proxy }));
  });

  describe("with the README's lines and a proxy_pass that takes the path off", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      const lines = example("nginx").replace("/cameras {", "/cameras/ {");
      const bare = "location = /cameras { return 307 /cameras/$is_args$args; absolute_redirect off; }";
      proxy = await proxyTo(`${bare} ${lines.replace(":8080;", ":8080/;")}`);
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    testBelowBasePath(() => ({ proxy, service }));
  });
});
