import { createSocket, type Socket } from "node:dgram";
import { broadcastAddresses } from "../client/interfaces.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Endpoint } from "../wire/address.ts";
import { isLoopback, isWildcard, udpType } from "./ip-address.ts";
import { type Group, interfaceOf, type Listening } from "./listening.ts";
import type { LocalNetworks } from "./local-networks.ts";
import { LOCAL_GROUP, LOCAL_INTERFACE } from "./neighbours.ts";

/** What reaches a socket: `wildcard` everything, `address` unicast, `shared` broadcasts or a group, `neighbours` forwards. */
export type Reach = "wildcard" | "address" | "shared" | "neighbours";

/** A place where searches arrive. */
export interface SearchPlace {
  readonly reach: Reach;
  /** Address of the interface; undefined where it may be any. */
  readonly address: string | undefined;
}

type Received = (place: SearchPlace, datagram: Uint8Array, source: Endpoint) => void;

/**
 * The UDP sockets of a server, all on one port. For a wildcard one socket hears everything. For single interfaces there
 * is one at each address, and for what is sent to many one at the broadcast address or group itself, as Linux allows:
 * a socket bound to an address hears no broadcasts, and one bound to everything would take unicasts meant for others.
 */
export class SearchSockets {
  readonly #received: Received;
  readonly #log: Log;
  readonly #all: Socket[] = [];
  /** The sockets to answer from, by the address they are bound to. */
  readonly #answering = new Map<string, Socket>();
  #port: number;

  private constructor(port: number, received: Received, log: Log) {
    this.#port = port;
    this.#received = received;
    this.#log = log;
  }

  /** Rejects where the port is kept by another process; a group or broadcast that cannot be heard is logged. */
  static async open(
    port: number,
    listening: Listening,
    received: Received,
    log: Log,
  ): Promise<SearchSockets> {
    const sockets = new SearchSockets(port, received, log);
    try {
      for (const host of listening.hosts) await sockets.#bindHost(host, listening.hosts.length > 1);
      for (const group of listening.groups)
        await sockets.#tryTo(`hear ${group.host}`, () => sockets.#hear(group));
      const local = { host: LOCAL_GROUP, via: LOCAL_INTERFACE };
      if (listening.hosts.some((host) => udpType(host) === "udp4"))
        await sockets.#tryTo("hear neighbours", () => sockets.#hear(local, "neighbours"));
      return sockets;
    } catch (error) {
      await sockets.close();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  /**
   * The socket to answer from: of an interface that the client can reach, for it will connect to where the answer comes from.
   * @param arrivedAt our address that was asked, if known
   * @returns undefined where the client cannot reach us
   */
  answering(destination: string, arrivedAt: string | undefined, networks: LocalNetworks): Socket | undefined {
    const type = udpType(destination);
    const wildcard = this.#answering.get(type === "udp6" ? "::" : "0.0.0.0");
    if (wildcard !== undefined) return wildcard;
    const hosts = [...this.#answering.keys()].filter((host) => udpType(host) === type);
    const isHere = networks.isOwn(destination);
    const reachable = isHere ? hosts : hosts.filter((host) => !isLoopback(host));
    const asked = reachable.find((host) => host === arrivedAt);
    const near = reachable.find((host) => networks.isNeighbour(destination, host));
    // Asked at an address that is not ours, only this host is sure to reach another one.
    const chosen =
      asked ??
      (arrivedAt === undefined || isHere ? (near ?? (isHere ? reachable[0] : undefined)) : undefined);
    return chosen === undefined ? undefined : this.#answering.get(chosen);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#all.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
    );
  }

  async #bindHost(host: string, isOneOfMany: boolean): Promise<void> {
    if (isWildcard(host)) {
      const bind = async (): Promise<void> => {
        this.#answering.set(host, await this.#bind(host, { reach: "wildcard", address: undefined }));
      };
      // Not every kernel has IPv6.
      if (host === "::" && isOneOfMany) await this.#tryTo("search by IPv6", bind);
      else await bind();
      return;
    }
    this.#answering.set(host, await this.#bind(host, { reach: "address", address: host }));
    for (const broadcast of broadcastsOf(host))
      await this.#tryTo(`hear ${broadcast}`, () => this.#bind(broadcast, { reach: "shared", address: host }));
  }

  /** Joins a group, on the wildcard socket if there is one: it would hear the group a second time. */
  async #hear(group: Group, reach: "shared" | "neighbours" = "shared"): Promise<void> {
    const type = udpType(group.host);
    const by = group.via === undefined ? undefined : interfaceOf(group.via, type);
    const joined = type === "udp6" && by !== undefined ? `::%${by.name}` : (by?.address ?? group.via);
    const wildcard = this.#answering.get(type === "udp6" ? "::" : "0.0.0.0");
    const host = type === "udp6" && by !== undefined ? `${group.host}%${by.name}` : group.host;
    const place: SearchPlace = { reach, address: reach === "shared" ? by?.address : undefined };
    const socket = wildcard ?? (await this.#bind(host, place));
    socket.addMembership(group.host, joined);
  }

  async #bind(host: string, place: SearchPlace): Promise<Socket> {
    const type = udpType(host);
    // reuseAddr is what lets several servers of one host share the port; Bun.udpSocket has no such option.
    const socket = createSocket({ type, reuseAddr: true, ipv6Only: type === "udp6" });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(this.#port, host, () => {
        socket.off("error", reject);
        resolve();
      });
    }).catch((error: unknown) => {
      socket.close();
      throw error;
    });
    this.#port = socket.address().port;
    this.#all.push(socket);
    socket.on("message", (datagram, { address, port }) =>
      this.#received(place, datagram, { host: address, port }),
    );
    socket.on("error", (error) => this.#log.warning("search socket: {message}", { message: error.message }));
    return socket;
  }

  async #tryTo(what: string, task: () => Promise<unknown>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#log.debug("cannot {what}: {message}", { what, message: asError(error).message });
    }
  }
}

/** Where datagrams for all of an interface's network are sent. */
export function broadcastsOf(host: string): readonly string[] {
  if (udpType(host) === "udp6") return [];
  return host.startsWith("127.") ? ["127.255.255.255"] : broadcastAddresses([host]);
}
