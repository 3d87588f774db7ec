/** WebSockets that say too much, or what cannot be understood, beside a healthy viewer of the same service. */
import { expect, test } from "bun:test";
import { clientFrame, OPCODE, upgradeRequest } from "../support/raw-socket.ts";
import { requireTool } from "../support/tools.ts";
import { WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
const SOCKETS = 4;
/** How long is waited, once all is said, for the server to hang up where it should, and where it should not, milliseconds. */
const PATIENCE_MS = { cut: 5000, kept: 300 } as const;
/** What a flood may leave in the process once another one has come and gone before, megabytes. */
const LEFT_MB = 30;

const { text, binary, ping, continuation } = OPCODE;
const many = (count: number, frame: Uint8Array): Uint8Array =>
  Buffer.concat(Array.from({ length: count }, () => frame));
const say = (message: object): Uint8Array => clientFrame(text, JSON.stringify(message));

/** What is sent, and whether it costs the client its `/ws` and its `/ws/mjpg`, which takes any message for an acknowledgement. */
const FLOODS = [
  {
    what: "5000 pings",
    bytes: many(5000, clientFrame(ping, "x".repeat(125))),
    views: false,
    pictures: false,
  },
  { what: "5000 texts", bytes: many(5000, say({ type: "ping" })), views: true, pictures: false },
  {
    what: "5000 opens and closes",
    bytes: many(
      2500,
      Buffer.concat([say({ type: "open", id: 1, pv: "GOOD" }), say({ type: "close", id: 1 })]),
    ),
    views: true,
    pictures: false,
  },
  {
    what: "1000 malformed messages",
    bytes: many(
      200,
      Buffer.concat([
        clientFrame(text, "{"),
        clientFrame(text, "[".repeat(5000)),
        clientFrame(text, '{"type":["ack"],"id":1e999,"__proto__":null}'),
        say({ type: "open", id: {}, pv: 5 }),
        say({ type: "open", id: 1, pv: "GOOD", options: { quality: [] } }),
      ]),
    ),
    views: true,
    pictures: false,
  },
  {
    what: "1000 binary messages",
    bytes: many(1000, clientFrame(binary, new Uint8Array(100))),
    views: true,
    pictures: false,
  },
  { what: "a message of 20 kB", bytes: clientFrame(text, "x".repeat(20_000)), views: true, pictures: true },
  {
    what: "20 kB in pieces of one byte",
    bytes: Buffer.concat([
      clientFrame(text, "x", false),
      many(20_000, clientFrame(continuation, "x", false)),
    ]),
    views: true,
    pictures: true,
  },
  {
    what: "text that is not UTF-8",
    bytes: clientFrame(text, Uint8Array.of(0xff, 0xfe, 0xc0)),
    views: true,
    pictures: true,
  },
];

/** Opens a socket, lets it say all this, and reads what comes meanwhile, or only afterwards. @returns whether the server hung up */
async function flood(
  port: number,
  path: string,
  bytes: Uint8Array,
  reads: boolean,
  patienceMs: number,
): Promise<boolean> {
  let hungUp = false;
  let said = 0;
  let wake: () => void = () => undefined;
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (open) => void open.write(upgradeRequest(path)),
      data: () => wake(),
      drain: () => wake(),
      close() {
        hungUp = true;
        wake();
      },
    },
  });
  const isHungUp = (): boolean => hungUp;
  const woken = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  await woken();
  if (!reads) socket.pause();
  while (!isHungUp() && said < bytes.length) {
    const taken = socket.write(bytes.subarray(said));
    if (taken < 0) break;
    said += taken;
    if (said < bytes.length) await Promise.race([woken(), Bun.sleep(5)]);
  }
  // A socket that is paused is not told its end.
  if (!reads) socket.resume();
  const patience = performance.now() + patienceMs;
  while (!isHungUp() && performance.now() < patience) await Promise.race([woken(), Bun.sleep(50)]);
  const wasHungUp = isHungUp();
  socket.terminate();
  return wasHungUp;
}

async function crowd(port: number, path: string, bytes: Uint8Array, isCut: boolean): Promise<number> {
  const all = Array.from({ length: SOCKETS }, (_, index) =>
    flood(port, path, bytes, index % 2 === 0, PATIENCE_MS[isCut ? "cut" : "kept"]),
  );
  return (await Promise.all(all)).filter((hungUp) => hungUp).length;
}

test.skipIf(skip).each(FLOODS)(
  "sockets that send $what are hung up on where they should be, and a healthy viewer loses nothing",
  async ({ bytes, ...expected }) => {
    await using service = await WatchedService.start({ flags: ["--log-level", "error"] });
    const before = service.descriptors;
    const round = async (): Promise<void> => {
      expect({
        views: await crowd(service.port, "/ws", bytes, expected.views),
        pictures: await crowd(service.port, "/ws/mjpg/GOOD", bytes, expected.pictures),
      }).toEqual({ views: expected.views ? SOCKETS : 0, pictures: expected.pictures ? SOCKETS : 0 });
      await service.descriptorsBackTo(before);
    };
    // The first one finds a program that is still being compiled.
    await round();
    const level = service.megabytes;
    await service.healthyThrough(round);
    expect(service.megabytes).toBeLessThan(level + LEFT_MB);
  },
);
