/** Clients that come and go as fast as they can, beside a healthy viewer of the same service. */
import { expect, test } from "bun:test";
import { upgradeRequest } from "../support/raw-socket.ts";
import { requireTool } from "../support/tools.ts";
import { WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
const CYCLES = 10_000;
/** So many clients at a time, each of which comes and goes without end. */
const AT_A_TIME = 8;
/** What ten thousand more may leave in the process: 2 kB each. */
const LEFT_MB = 20;

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: pc1\r\n\r\n`;
/** What a client asks before it goes, and how its answer begins; one asks nothing, one leaves in the middle of its request. */
const VISITS = [
  { request: get("/mjpg/GOOD"), answer: "HTTP/1.1 200 " },
  { request: upgradeRequest("/ws/mjpg/GOOD"), answer: "HTTP/1.1 101 " },
  { request: upgradeRequest("/ws"), answer: "HTTP/1.1 101 " },
  { request: get("/snapshot/GOOD"), answer: "HTTP/1.1 200 " },
  { request: get("/healthz"), answer: "HTTP/1.1 200 " },
  { request: get("/mjpg/GOOD?quality=900"), answer: "HTTP/1.1 400 " },
  { request: "GET /mjpg/GO", answer: undefined },
  { request: "", answer: undefined },
] as const;

/** @returns whether the answer began as it should, or none was wanted */
async function visit(port: number, { request, answer }: (typeof VISITS)[number]): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open(open) {
        open.write(request);
        if (answer === undefined) resolve(true);
      },
      data: (_, bytes) => resolve(bytes.toString("latin1").startsWith(answer ?? "nothing")),
      close: () => resolve(false),
    },
  });
  const isRight = await promise;
  socket.terminate();
  return isRight;
}

/** @returns how many visits were answered as they should be */
async function cycle(port: number): Promise<number> {
  let begun = 0;
  let right = 0;
  const comeAndGo = async (): Promise<void> => {
    while (begun < CYCLES) if (await visit(port, VISITS[begun++ % VISITS.length]!)) right++;
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, comeAndGo));
  return right;
}

test.skipIf(skip)(
  "10,000 clients come and go, all are answered, nothing is left of them, and a healthy viewer loses nothing",
  async () => {
    await using service = await WatchedService.start();
    const before = service.descriptors;
    expect(await cycle(service.port)).toBe(CYCLES);
    await service.descriptorsBackTo(before);
    const level = service.megabytes;
    await service.healthyThrough(async () => expect(await cycle(service.port)).toBe(CYCLES));
    await service.descriptorsBackTo(before);
    await service.memoryBackTo(level + LEFT_MB);
    expect((await service.report("GOOD")).viewers).toHaveLength(1);
  },
  120_000,
);
