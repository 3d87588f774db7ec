import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import { Proxy, withoutHaproxy } from "../support/proxy.ts";
import { type Service, startService } from "../support/service.ts";
import { example, FLAGS, testBelowBasePath, testForwardedAddress, testPlainProxy } from "./proxied.ts";

setDefaultTimeout(10_000);

/** HAProxy with one backend and the time limits of Debian's configuration. */
describe.skipIf(withoutHaproxy())("behind HAProxy", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ nameServers: "", flags: FLAGS });
  });
  afterAll(() => service.close());

  const here = (): string => new URL(service.url("/")).host;

  describe("with a server line alone", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      proxy = await Proxy.haproxy(`server service ${here()}`);
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    testPlainProxy(() => ({ proxy, service }));
  });

  describe("with the README's backend", () => {
    let proxy: Proxy;
    beforeAll(async () => {
      const backend = example("haproxy").split("backend cameras\n")[1]!;
      proxy = await Proxy.haproxy(backend.replace("127.0.0.1:8080", here()));
    });
    afterAll(() => proxy[Symbol.asyncDispose]());
    testBelowBasePath(() => ({ proxy, service }));
    testForwardedAddress(() => ({ proxy }));
  });
});
