import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PvaServer } from "../../../server/pva/index.ts";
import { Host } from "./host.ts";

let host: Host;
beforeEach(async () => {
  host = await Host.start();
});
afterEach(() => host.end());

describe("closing", () => {
  test("ends every connection and frees the port", async () => {
    const client = await host.validated();
    const { port } = host.server.address;
    await host.server.close();
    await client.closed;
    const next = await PvaServer.listen({ port, provider: () => undefined });
    expect(next.address).toEqual({ host: "127.0.0.1", port });
    await next.close();
  });

  test("twice is harmless", async () => {
    await host.server.close();
    await host.server.close();
  });

  test("a port that is taken is an error at the start", async () => {
    const second = PvaServer.listen({ port: host.server.address.port, provider: () => undefined });
    expect(await second.catch((error: unknown) => error)).toMatchObject({ code: "cannot-listen" });
  });
});
