/**
 * An IOC with 500 cameras is killed, is away long enough for searches to slow down, and starts again:
 * `bun scripts/bench/pva-restart.ts`. Found through a name server, which is the IOC itself; by
 * UDP with its beacon heard, at the same port; and so at another port, where the client cannot know that it is the same
 * IOC, and asks for everything again at most once in 30 s. Asked: frames of every camera within 2 s of the moment it listens.
 */
import { createSocket } from "node:dgram";
import { PvaClient, type PvaClientOptions } from "../../server/pva/index.ts";
import { type Peer, startPeer } from "./peers/peer.ts";

const CAMERAS = 500;
const SIDE = 64;
const FPS = 5;
const AWAY_MS = 20_000;
/** For the IOC that comes back elsewhere. */
const LONG_AWAY_MS = 35_000;
const GIVE_UP_MS = 60_000;
/** Reaches every socket of this host on that port, as a broadcast address does a network's. */
const EVERYBODY = "127.255.255.255";

/** Cameras of which a frame has come since the last `forget`. */
class Fleet {
  readonly #alive = new Set<number>();
  #complete = Promise.withResolvers<undefined>();

  forget(): void {
    this.#alive.clear();
    this.#complete = Promise.withResolvers();
  }

  saw(index: number): void {
    this.#alive.add(index);
    if (this.#alive.size === CAMERAS) this.#complete.resolve(undefined);
  }

  get alive(): number {
    return this.#alive.size;
  }

  /** Resolves when a frame of every camera has come, or after a minute. */
  async complete(): Promise<void> {
    await Promise.race([this.#complete.promise, Bun.sleep(GIVE_UP_MS)]);
  }
}

async function restart(
  title: string,
  client: PvaClient,
  start: () => Promise<Peer>,
  first: Peer,
  awayMs: number,
): Promise<void> {
  const fleet = new Fleet();
  for (let index = 0; index < CAMERAS; index++)
    client.monitor(
      `CAM${index}`,
      {},
      {
        state: () => undefined,
        update: ({ value }) => {
          if (Number(value.field("uniqueId")) > 0) fleet.saw(index);
        },
        fault: (error) => console.error(error.message),
      },
    );
  const began = performance.now();
  await fleet.complete();
  const atFirst = performance.now() - began;
  await first.stop();
  await Bun.sleep(awayMs);
  fleet.forget();
  const second = await start();
  const listens = performance.now();
  await fleet.complete();
  const seconds = ((performance.now() - listens) / 1000).toFixed(2);
  await client.close();
  await second.stop();
  console.log(
    `${title}: ${fleet.alive} of ${CAMERAS} cameras again after ${seconds} s (asked: 2), at first after ${(atFirst / 1000).toFixed(2)} s`,
  );
}

/** A client that knows only what it is told. */
const clientOf = (options: PvaClientOptions): PvaClient =>
  new PvaClient({ autoAddressList: false, ...options });

/** A UDP port that is free now. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Starts the IOC at a TCP port, 0 for any, and with searches and beacons where there is a UDP port. */
const ioc = (port: number, searchPort = 0): Promise<Peer> =>
  startPeer("pva-ioc.ts", CAMERAS, SIDE, FPS, port, searchPort);

console.log(`an IOC of ${CAMERAS} cameras (${SIDE}² ubyte, ${FPS} Hz), away for 20 to 35 s`);
const named = await ioc(0);
const nameServers = [{ host: "127.0.0.1", port: named.pva }];
await restart("through a name server", clientOf({ nameServers }), () => ioc(named.pva), named, AWAY_MS);

const searchPort = await freeUdpPort();
const byUdp: PvaClientOptions = {
  addressList: [{ host: EVERYBODY, port: searchPort }],
  broadcastPort: searchPort,
  interfaces: ["127.0.0.1"],
};
const heard = await ioc(0, searchPort);
await restart("beacon, same port", clientOf(byUdp), () => ioc(heard.pva, searchPort), heard, AWAY_MS);
const moved = await ioc(0, searchPort);
await restart("beacon, another port", clientOf(byUdp), () => ioc(0, searchPort), moved, LONG_AWAY_MS);
