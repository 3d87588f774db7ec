import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StatusMessage } from "../../server/http/protocol.ts";
import { SocketClient } from "../http/socket-client.ts";
import { readParts } from "../support/multipart.ts";
import type { Proxy } from "../support/proxy.ts";
import type { Service } from "../support/service.ts";

/** One picture in 5 s, of 800 bytes: a proxy that gathers bytes, or waits for the next picture, holds it back. */
const SLOW_CAMERA = "SIM:bars:16x16@0.2";
export const CAMERA = "SIM:beam:64x48@20";
const VIEWERS_PER_ADDRESS = 6;
/** The service as the README starts it for a proxy. */
export const FLAGS = [
  "--sim",
  ...["--base-path", "/cameras", "--trusted-proxy", "127.0.0.1"],
  ...["--max-viewers-per-address", VIEWERS_PER_ADDRESS.toString()],
];

/** A block of the README by its language: what is written there for users is what is tested here. */
export function example(language: string): string {
  const readme = readFileSync(join(import.meta.dir, "../../README.md"), "utf8");
  const block = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "su").exec(readme)?.[1];
  if (block === undefined) throw new Error(`the README has no example for ${language}`);
  return block;
}

/** What holds through a proxy that has been told nothing but where the service is. */
export function testPlainProxy(start: () => { readonly proxy: Proxy; readonly service: Service }): void {
  test("the first picture of a camera that sends one in 5 s arrives before the second", async () => {
    const { proxy } = start();
    const leaving = new AbortController();
    const response = await fetch(proxy.url(`/mjpg/${SLOW_CAMERA}`), { signal: leaving.signal });
    const { value } = await readParts(response).next();
    expect(value!.headers.get("x-unique-id")).toBe((await uniqueIdNow(start().service)).toString());
    leaving.abort();
  }, 4000);

  test("a client that leaves the proxy ends its viewer", async () => {
    const { proxy, service } = start();
    const witness = new SocketClient({ port: portOf(service) }, `/ws/mjpg/${CAMERA}?status=1`);
    const newest = ({ statuses }: SocketClient): StatusMessage | undefined => statuses.at(-1);
    const leaving = new AbortController();
    const response = await fetch(proxy.url(`/mjpg/${CAMERA}`), { signal: leaving.signal });
    await readParts(response).next();
    await witness.until((socket) => newest(socket)?.viewers === 2);
    leaving.abort();
    await witness.until((socket) => newest(socket)?.viewers === 1);
    witness.close();
  });

  test("a snapshot, a refusal and the page are what they are without it", async () => {
    const { proxy, service } = start();
    for (const at of [proxy.url(""), service.url("")]) {
      const snapshot = await fetch(`${at}/snapshot/${CAMERA}.png`);
      expect([snapshot.status, snapshot.headers.get("content-type")]).toEqual([200, "image/png"]);
      expect(new Uint8Array(await snapshot.arrayBuffer()).length).toBe(
        Number(snapshot.headers.get("content-length")),
      );
      const refusal = await fetch(`${at}/mjpg/${CAMERA}?fps=x`);
      expect([refusal.status, ((await refusal.json()) as { error: string }).error]).toEqual([
        400,
        "bad-option",
      ]);
      const page = await fetch(`${at}/`);
      const known = { "If-None-Match": page.headers.get("etag")! };
      expect((await fetch(`${at}/`, { headers: known })).status).toBe(304);
    }
  });
}

/** What holds through a proxy set up as the README says, in front of a service with `--base-path /cameras`. */
export function testBelowBasePath(start: () => { readonly proxy: Proxy; readonly service: Service }): void {
  test("the page, what it names, and where the path leads without its last slash", async () => {
    const { proxy } = start();
    const page = await fetch(proxy.url("/cameras?pv=A"));
    expect(page.url).toBe(proxy.url("/cameras/?pv=A"));
    const [, script] = /src="\.\/(assets\/[^"]+)"/u.exec(await page.text())!;
    expect((await fetch(proxy.url(`/cameras/${script}`))).status).toBe(200);
  });

  test("streams and WebSockets", async () => {
    const { proxy } = start();
    const leaving = new AbortController();
    const response = await fetch(proxy.url(`/cameras/mjpg/${CAMERA}`), { signal: leaving.signal });
    const { value } = await readParts(response).next();
    expect(value!.body.length).toBe(Number(value!.headers.get("content-length")));
    leaving.abort();
    const socket = new SocketClient(proxy, `/cameras/ws/mjpg/${CAMERA}?status=1`);
    await socket.until(({ pictures, statuses }) => pictures.length > 3 && statuses.length > 0);
    socket.close();
  });
}

/** As above, and the service trusts the proxy and lets an address have `VIEWERS_PER_ADDRESS`. */
export function testForwardedAddress(start: () => { readonly proxy: Proxy }): void {
  test("viewers count by their own address, and not by the proxy's", async () => {
    const { proxy } = start();
    const leaving = new AbortController();
    // Kept, because Bun leaves a stream whose response nobody holds.
    const watching: Response[] = [];
    const watch = async (address: string): Promise<void> => {
      const headers = { "X-Forwarded-For": address };
      const { signal } = leaving;
      watching.push(await fetch(proxy.url(`/cameras/mjpg/${CAMERA}`), { headers, signal }));
    };
    for (let viewer = 0; viewer <= VIEWERS_PER_ADDRESS; viewer++) await watch("192.0.2.1");
    await watch("192.0.2.2");
    const all = Array<number>(VIEWERS_PER_ADDRESS).fill(200);
    expect(watching.map(({ status }) => status)).toEqual([...all, 429, 200]);
    leaving.abort();
  });
}

async function uniqueIdNow(service: Service): Promise<number> {
  const answer = await fetch(service.url(`/snapshot/${SLOW_CAMERA}.jpg?maxAge=60000`));
  await answer.body?.cancel();
  return Number(answer.headers.get("x-unique-id"));
}

function portOf(service: Service): string {
  return new URL(service.url("/")).port;
}
