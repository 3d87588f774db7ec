import { createSocket, type Socket } from "node:dgram";
import { AnyValue } from "../data/value.ts";
import type { Clock } from "../clock.ts";
import { isMulticast, type SearchTarget } from "../client/address-list.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { encodeBeacon } from "../message/beacon.ts";
import { endpointName } from "../wire/address.ts";
import { Command } from "../wire/commands.ts";
import { frameMessage } from "../wire/frame.ts";
import type { BeaconRoute } from "./beacon-routes.ts";
import { udpType } from "./ip-address.ts";
import { interfaceOf } from "./listening.ts";
import { SENDER } from "./sender.ts";

/** A server that has just started is announced often, for clients are waiting for it; pvxs's numbers. */
const EAGER_BEACONS = 10;
const EAGER_PERIOD_MS = 15_000;
const STEADY_PERIOD_MS = 180_000;

export interface BeaconOptions {
  /** Where beacons go, and from where. */
  readonly routes: readonly BeaconRoute[];
  /** The TCP port announced. */
  readonly port: number;
  readonly guid: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

/** A destination, and the socket for it. */
interface Way {
  readonly destination: SearchTarget;
  readonly socket: Socket;
  /** The last beacon could not be sent: said once. */
  failing: boolean;
}

/** Says every now and then that the server is there, so that clients search for what they miss at once. */
export class BeaconSender {
  readonly #options: BeaconOptions;
  readonly #ways: readonly Way[];
  #sent = 0;
  #cancelTimer: () => void = () => undefined;

  private constructor(options: BeaconOptions, ways: readonly Way[]) {
    this.#options = options;
    this.#ways = ways;
    this.#send();
  }

  /** Sends the first beacon. A destination without a socket is left out, with a warning. */
  static async open(options: BeaconOptions): Promise<BeaconSender> {
    const ways: Way[] = [];
    const shared = new Map<string, Socket>();
    for (const { destination, from } of options.routes)
      try {
        const alone = isMulticast(destination.host);
        const socket = (alone ? undefined : shared.get(from)) ?? (await openSocket(destination, from));
        if (!alone) shared.set(from, socket);
        socket
          .removeAllListeners("error")
          .on("error", (error) =>
            options.log.warning("beacon socket: {message}", { message: error.message }),
          );
        ways.push({ destination, socket, failing: false });
      } catch (error) {
        options.log.warning("no beacons to {destination}: {message}", {
          destination: endpointName(destination),
          message: asError(error).message,
        });
      }
    return new BeaconSender(options, ways);
  }

  /** Ends sockets and timer. */
  async close(): Promise<void> {
    this.#cancelTimer();
    const sockets = new Set(this.#ways.map(({ socket }) => socket));
    await Promise.all(
      [...sockets].map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }

  #send(): void {
    const { guid, port, clock } = this.#options;
    const beacon = frameMessage(SENDER, Command.BEACON, (writer) =>
      encodeBeacon(writer, {
        guid,
        flags: 0,
        sequence: this.#sent & 0xff,
        // Names may be made on demand, so there is no list whose changes could be counted.
        changeCount: 0,
        host: undefined,
        port,
        protocol: "tcp",
        serverStatus: new AnyValue(),
      }),
    );
    for (const way of this.#ways)
      way.socket.send(beacon, way.destination.port, way.destination.host, (error) => this.#went(way, error));
    this.#sent++;
    const wait = this.#sent < EAGER_BEACONS ? EAGER_PERIOD_MS : STEADY_PERIOD_MS;
    this.#cancelTimer = clock.after(wait, () => this.#send());
  }

  /** Tells of a destination that cannot be reached once, and once when it can again (pvxs). */
  #went(way: Way, error: Error | null): void {
    const failing = error !== null;
    if (failing === way.failing) return;
    way.failing = failing;
    const destination = endpointName(way.destination);
    if (failing)
      this.#options.log.warning("beacon to {destination}: {message}", {
        destination,
        message: error.message,
      });
    else this.#options.log.info("beacons to {destination} go out again", { destination });
  }
}

/** A socket of its own for each group, since TTL and interface are the socket's. */
async function openSocket({ host, ttl, via }: SearchTarget, from: string): Promise<Socket> {
  const type = udpType(from);
  const socket = createSocket({ type });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, from, () => resolve());
    });
    socket.setBroadcast(true);
    if (isMulticast(host)) {
      const route = via === undefined ? undefined : interfaceOf(via, type);
      if (ttl !== undefined) socket.setMulticastTTL(ttl);
      if (route !== undefined)
        socket.setMulticastInterface(type === "udp6" ? `::%${route.name}` : route.address);
      else if (via !== undefined) throw new Error(`this host has no interface ${via}`);
    }
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
