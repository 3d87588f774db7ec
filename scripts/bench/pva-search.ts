/**
 * 10,000 channels searched at once, their server started 3 s later: `bun scripts/bench/pva-search.ts`. Asked: bounded
 * datagrams a second, and every channel found within 5 s of the server's start.
 */
import { createSocket } from "node:dgram";
import { PvaClient } from "../../server/pva/index.ts";
import { startPeer } from "./peers/peer.ts";

const CHANNELS = 10_000;
const ALONE_MS = 3000;
const GIVE_UP_MS = 30_000;
const BIN_MS = 100;
/** Reaches every socket of this host on that port, as a broadcast address does a network's. */
const EVERYBODY = "127.255.255.255";

/** Listens beside the servers and notes when each datagram came. */
const witness = createSocket({ type: "udp4", reuseAddr: true });
const arrivals: number[] = [];
let bytes = 0;
witness.on("message", (datagram) => {
  arrivals.push(performance.now());
  bytes += datagram.length;
});
await new Promise<void>((resolve) => witness.bind(0, resolve));
const { port } = witness.address();

/** The most datagrams in any window of this length. */
function mostWithin(windowMs: number): number {
  let first = 0;
  let most = 0;
  arrivals.forEach((at, index) => {
    while (arrivals[first]! <= at - windowMs) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

const client = new PvaClient({
  autoAddressList: false,
  addressList: [{ host: EVERYBODY, port }],
  broadcastPort: port,
});
let found = 0;
const all = Promise.withResolvers<undefined>();
const asked = performance.now();
for (let index = 0; index < CHANNELS; index++)
  client.monitor(
    `BEAMLINE:DEVICE:CHANNEL${index}`,
    {},
    {
      state: ({ kind }) => {
        if (kind === "connected" && ++found === CHANNELS) all.resolve(undefined);
      },
      update: () => undefined,
      fault: (error) => console.error(error.message),
    },
  );
const seeking = performance.now() - asked;
await Bun.sleep(ALONE_MS);
const server = await startPeer("pva-replay.ts", 16, port);
const started = performance.now();
await Promise.race([all.promise, Bun.sleep(GIVE_UP_MS)]);
const took = performance.now() - started;
await client.close();
await server.stop();
witness.close();
console.log(`${CHANNELS} channels, ${seeking.toFixed(0)} ms to ask for them, server after ${ALONE_MS} ms`);
console.log(`${arrivals.length} datagrams in all, ${(bytes / arrivals.length).toFixed(0)} bytes each`);
console.log(`most within 1 s: ${mostWithin(1000)}, within ${BIN_MS} ms: ${mostWithin(BIN_MS)}`);
console.log(
  `${found} subscribed ${(took / 1000).toFixed(2)} s after the server's start (asked: all within 5 s)`,
);
