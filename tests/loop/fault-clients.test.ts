/** Clients that never read, hang up, or talk nonsense, beside a healthy viewer of the same service. */
import { expect, test } from "bun:test";
import { requireTool } from "../support/tools.ts";
import { WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
const CLIENTS = 500;
/** So many connect at the same moment, and so long before the next ones, milliseconds. */
const WAVE = 25;
const WAVE_MS = 40;
/** What a round of such clients may leave in the process once another round has come and gone before, megabytes. */
const LEFT_MB = 40;
const UPGRADE = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
].join("\r\n");
/** Frames that RFC 6455 forbids: unmasked, of a reserved kind, longer than is allowed, a control frame in pieces. */
const FORBIDDEN = [
  [0x82, 0x01, 0x00],
  [0x8f, 0x80, 0, 0, 0, 0],
  [0x82, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0],
  [0x09, 0x80, 0, 0, 0, 0],
];

type Client = Bun.Socket;

function connect(port: number, request: string, reads: boolean, then?: Uint8Array): Promise<Client> {
  return Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(socket) {
        if (!reads) socket.pause();
        socket.write(request);
      },
      data(socket) {
        if (then !== undefined) socket.write(then);
      },
    },
  });
}

async function crowd(
  port: number,
  request: string,
  reads: boolean,
  then?: readonly Uint8Array[],
): Promise<void> {
  const clients: Client[] = [];
  while (clients.length < CLIENTS) {
    const wave = Array.from({ length: WAVE }, (_, index) =>
      connect(port, request, reads, then?.[index % then.length]),
    );
    clients.push(...(await Promise.all(wave)));
    await Bun.sleep(WAVE_MS);
  }
  await Bun.sleep(900);
  for (const client of clients) client.terminate();
}

test.skipIf(skip).each([
  { who: "that never read", request: "GET /mjpg/GOOD HTTP/1.1\r\nHost: pc1\r\n\r\n", reads: false },
  { who: "that hang up amid pictures", request: "GET /mjpg/GOOD HTTP/1.1\r\nHost: pc1\r\n\r\n", reads: true },
  {
    who: "whose WebSockets talk nonsense",
    request: `GET /ws/mjpg/GOOD HTTP/1.1\r\nHost: pc1\r\n${UPGRADE}\r\n\r\n`,
    reads: true,
    then: FORBIDDEN.map((bytes) => Uint8Array.from(bytes)),
  },
])(
  "500 clients $who leave nothing behind, and a healthy viewer loses nothing",
  async ({ request, reads, then }) => {
    await using service = await WatchedService.start();
    const before = service.descriptors;
    // The first ones find a program that is still being compiled.
    await crowd(service.port, request, reads, then);
    await service.descriptorsBackTo(before);
    const level = service.megabytes;
    await service.healthyThrough(() => crowd(service.port, request, reads, then));
    await service.descriptorsBackTo(before);
    expect(service.megabytes).toBeLessThan(level + LEFT_MB);
  },
);
