import { afterEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { ConfigError } from "../../server/config.ts";
import { createHttp, listen, type Listener } from "../../server/http/index.ts";
import { readIdentity, warnOfEnd } from "../../server/http/tls.ts";
import { type Log, silentLog } from "../../server/log.ts";
import { Certificate, withoutOpenSsl } from "../support/certificate.ts";
import { idleService } from "../support/idle-service.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { requireTool } from "../support/tools.ts";
import { openAccess } from "../support/open-access.ts";
import { VIEWER_PAGE } from "../support/viewer-page.ts";
import { fakeSnapshots } from "./fake-snapshots.ts";
import { FakeStreams, picture } from "./fake-streams.ts";

const withoutCurl = requireTool("curl", Bun.which("curl") !== null);

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

interface Stage {
  readonly certificate: Certificate;
  readonly listener: Listener;
  readonly streams: FakeStreams;
  readonly clock: ManualClock;
  readonly logged: string[];
  readonly url: string;
}

function start(): Stage {
  const certificate = Certificate.make("first");
  const streams = new FakeStreams();
  const clock = new ManualClock();
  const logged: string[] = [];
  const note = (message: unknown): void => void logged.push(String(message));
  const log: Log = { ...silentLog, info: note, warning: note };
  const viewer = { simulated: [] };
  const http = createHttp({
    streams,
    access: openAccess(),
    service: idleService(),
    snapshots: fakeSnapshots(),
    defaults: {},
    page: VIEWER_PAGE,
    viewer,
    clock,
    log: silentLog,
  });
  const { cert, key } = certificate;
  const address = { host: "127.0.0.1", port: 0, tls: { cert, key }, longestWaitMs: 3000 };
  const listener = listen(http, { ...address, clock, log });
  // The clock here may be past the end of a certificate of today.
  logged.length = 0;
  cleanUp.push(
    () => certificate[Symbol.dispose](),
    async () => {
      const closing = listener.close(Promise.resolve());
      await clock.advance(500);
      await closing;
    },
  );
  return { certificate, listener, streams, clock, logged, url: `https://127.0.0.1:${listener.port}` };
}

/** curl with HTTP/2; what it writes, as it comes. */
function curl(...words: string[]): { text: (condition: (all: string) => boolean) => Promise<string> } & {
  readonly child: Bun.Subprocess<"ignore", "pipe", "inherit">;
} {
  const child = Bun.spawn(["curl", "--silent", "--insecure", "--no-buffer", "--http2", ...words], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  cleanUp.push(() => child.kill());
  const reader = child.stdout.getReader();
  let all = "";
  const text = async (condition: (all: string) => boolean): Promise<string> => {
    while (!condition(all)) {
      const { done, value } = await reader.read();
      if (done) break;
      all += Buffer.from(value).toString("latin1");
    }
    return all;
  };
  return { child, text };
}

const toTheEnd = (): boolean => false;

/** The name in the certificate that a new connection is shown. */
function nameShown({ listener }: Stage): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: listener.port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

describe.skipIf(withoutOpenSsl() || withoutCurl)("HTTPS", () => {
  test("is HTTP/2 for whoever speaks it, and HTTP/1.1 for others", async () => {
    const { url } = start();
    const version = ["--output", "/dev/null", "--write-out", "%{http_version}"];
    expect(await curl(...version, `${url}/healthz`).text(toTheEnd)).toBe("2");
    expect(await curl(...version, "--http1.1", `${url}/healthz`).text(toTheEnd)).toBe("1.1");
  });

  test("a stream comes over HTTP/2 picture by picture, and a client that leaves ends its viewer", async () => {
    const { url, streams } = start();
    const stream = curl(`${url}/mjpg/CAM`);
    const viewer = await streams.viewer();
    for (const sequence of [1, 2, 3]) {
      viewer.show(picture(sequence));
      await stream.text((all) => all.split("\xff\xd9\r\n--frame\r\n").length === sequence + 1);
    }
    stream.child.kill();
    await viewer.closed;
  });

  test("HEAD of a stream over HTTP/2 has its headers, and leaves no viewer behind", async () => {
    const { url, streams } = start();
    const head = await curl("--head", `${url}/mjpg/CAM`).text(toTheEnd);
    expect(head).toStartWith("HTTP/2 200");
    expect(head).toContain("content-type: multipart/x-mixed-replace; boundary=frame\r\n");
    await (
      await streams.viewer()
    ).closed;
  });

  test("the page names its own host for WebSockets over HTTP/2 too", async () => {
    const { url } = start();
    const head = await curl("--head", `${url}/`).text(toTheEnd);
    expect(head).toContain(`connect-src 'self' ws://${url.slice(8)} wss://${url.slice(8)};`);
  });

  test("a WebSocket is a viewer's", async () => {
    const { url, streams } = start();
    const tls = { tls: { rejectUnauthorized: false } } as unknown as string[];
    const socket = new WebSocket(`${url.replace("https", "wss")}/ws/mjpg/CAM`, tls);
    socket.binaryType = "arraybuffer";
    const first = new Promise<MessageEvent<ArrayBuffer>>((resolve) => (socket.onmessage = resolve));
    const viewer = await streams.viewer();
    viewer.show(picture(1));
    expect(new Uint8Array((await first).data)).toEqual(new Uint8Array(picture(1).jpeg));
    socket.close();
    await viewer.closed;
  });

  test("a stop ends a stream over HTTP/2 at a whole part, and curl calls it complete", async () => {
    const { url, streams, listener } = start();
    const stream = curl(`${url}/mjpg/CAM`);
    const viewer = await streams.viewer();
    viewer.show(picture(1));
    await stream.text((all) => all.includes("\xff\xd9"));
    const closed = listener.close(Promise.resolve());
    viewer.close();
    expect(await stream.text(toTheEnd)).toEndWith("\xff\xd9\r\n--frame\r\n");
    expect(await stream.child.exited).toBe(0);
    await closed;
  });

  test("a renewed certificate is for new connections, and a stream goes on over the old one", async () => {
    const stage = start();
    const { certificate, clock, logged, url, streams } = stage;
    const stream = curl(`${url}/mjpg/CAM`);
    const viewer = await streams.viewer();
    viewer.show(picture(1));
    await stream.text((all) => all.includes("\xff\xd9"));
    certificate.renew("second");
    expect(await nameShown(stage)).toBe("first");
    await clock.advance(10_000);
    expect(await nameShown(stage)).toBe("second");
    expect(logged).toContain("New TLS connections use the certificate that has come into {cert}.");
    viewer.show(picture(2));
    await stream.text((all) => all.split("\xff\xd9").length === 3);
    expect(await curl(`${url}/healthz`).text(toTheEnd)).toBe("ok\n");
  });

  test("a certificate without its key is not taken, until the key has come", async () => {
    const stage = start();
    const { certificate, clock, logged } = stage;
    using other = Certificate.make("second");
    writeFileSync(certificate.cert, await Bun.file(other.cert).text());
    await clock.advance(10_000);
    await clock.advance(10_000);
    expect(await nameShown(stage)).toBe("first");
    expect(logged).toEqual(["The TLS certificate stays as it was: {why}"]);
    writeFileSync(certificate.key, await Bun.file(other.key).text());
    await clock.advance(10_000);
    expect(await nameShown(stage)).toBe("second");
  });

  test("the log tells of a certificate that ends within a week, or has ended", () => {
    const clock = new ManualClock();
    const logged: unknown[] = [];
    const log: Log = { ...silentLog, warning: (_, properties) => logged.push(properties?.["daysLeft"]) };
    for (const days of [30, 7, 6.5, 0.5, -3]) {
      const validUntil = clock.wallTime() + days * 86_400_000;
      warnOfEnd({ cert: "", key: "", validUntil }, clock, log);
    }
    expect(logged).toEqual([6, 0, -3]);
  });

  test("files that are missing, no PEM, encrypted, or strangers to each other are refused by name", async () => {
    using one = Certificate.make("one");
    using other = Certificate.make("other");
    const locked = join(one.folder, "locked.pem");
    await Bun.$`openssl pkcs8 -topk8 -in ${one.key} -out ${locked} -passout pass:secret`.quiet();
    const refused = (cert: string, key: string): string => {
      try {
        readIdentity({ cert, key });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        return (error as Error).message;
      }
      return "";
    };
    expect(refused("/nowhere/c.pem", one.key)).toMatch(
      /--tls-cert \/nowhere\/c\.pem cannot be read.*ENOENT/u,
    );
    expect(refused(one.cert, one.folder)).toMatch(/--tls-key .* cannot be read.*EISDIR/u);
    expect(refused(one.key, one.key)).toContain(`--tls-cert ${one.key} holds no certificate`);
    expect(refused(one.cert, one.cert)).toContain(`--tls-key ${one.cert} holds no private key`);
    expect(refused(one.cert, locked)).toContain("encrypted");
    expect(refused(one.cert, other.key)).toContain("is not the key of the certificate");
    expect(refused(one.cert, one.key)).toBe("");
  });
});
