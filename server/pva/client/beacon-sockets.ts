import { createSocket, type Socket } from "node:dgram";
import { isIPv4, isIPv6 } from "node:net";
import { asError } from "../errors.ts";
import { isMulticast, splitInterfaces } from "./address-list.ts";
import { broadcastAddresses, interfaceAddresses } from "./interfaces.ts";
import type { PvaClientSettings } from "./options.ts";

/** The group on loopback to which PVA servers pass on what reached only one of them (pvxs, C++). */
const NEIGHBOURS = { host: "224.0.0.128", via: "127.0.0.1" };

/** An address to bind, and where it is a group, the interface to join it on; undefined for the system's choice. */
interface Place {
  readonly host: string;
  readonly via?: string | undefined;
}

/**
 * Sockets that hear beacons on the broadcast port, which other processes may share:
 *
 *     broadcast address of each interface · 224.0.0.128 on loopback · groups of the address list and of the interface list
 *
 * Each is bound to the very address it hears. Bound to all of them it would take the unicast searches meant for PVA servers
 * on this host, for the kernel gives those to the last socket bound. Where the system does not allow this (it is a habit
 * of Linux), or the port is not shared, searches only take longer.
 */
export class BeaconSockets {
  readonly #settings: PvaClientSettings;
  readonly #received: (datagram: Uint8Array, from: string) => void;
  readonly #sockets: readonly Socket[];
  readonly #closed: readonly Promise<void>[];
  #ended = false;

  /** @param received takes each datagram and its sender's address; what it throws is logged */
  constructor(settings: PvaClientSettings, received: (datagram: Uint8Array, from: string) => void) {
    this.#settings = settings;
    this.#received = received;
    this.#sockets = places(settings).map((place) => this.#listen(place));
    this.#closed = this.#sockets.map(
      (socket) => new Promise((resolve) => socket.once("close", () => resolve())),
    );
  }

  /** Resolves when all are gone. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      for (const socket of this.#sockets) socket.close();
    }
    await Promise.all(this.#closed);
  }

  #listen(place: Place): Socket {
    const { host, via } = place;
    const six = isIPv6(host);
    const socket = createSocket({
      type: six ? "udp6" : "udp4",
      reuseAddr: true,
      ...(six ? { ipv6Only: true } : {}),
    });
    socket.on("error", (error) => this.#deaf(place, error));
    socket.on("message", (datagram, from) => this.#heard(datagram, from.address));
    socket.bind(this.#settings.broadcastPort, host, () => {
      if (this.#ended || !isMulticast(host)) return;
      try {
        socket.addMembership(host.replace(/%.*$/u, ""), via);
      } catch (error) {
        this.#deaf(place, error);
      }
    });
    return socket;
  }

  #deaf({ host, via }: Place, error: unknown): void {
    this.#settings.log.debug("no beacons on {address} ({via}): {message}", {
      address: host,
      via,
      message: asError(error).message,
    });
  }

  #heard(datagram: Uint8Array, from: string): void {
    if (this.#ended) return;
    try {
      this.#received(datagram, from);
    } catch (error) {
      this.#settings.log.debug("unreadable datagram from {host}: {message}", {
        host: from,
        message: asError(error).message,
      });
    }
  }
}

function places(settings: PvaClientSettings): readonly Place[] {
  const { addressList, broadcastPort } = settings;
  const { interfaces, groups } = splitInterfaces(settings.interfaces, broadcastPort);
  const listed = [...groups, ...addressList.filter(({ host }) => isMulticast(host))];
  const all: readonly Place[] = [
    ...broadcastAddresses(interfaces).map((host) => ({ host })),
    NEIGHBOURS,
    ...listed.flatMap(({ host, via }) => memberships(host, via === undefined ? interfaces : [via])),
  ];
  return [...new Map(all.map((place) => [`${place.host} ${place.via}`, place])).values()];
}

/** A group on each of these interfaces; of none named, on all for IPv6 and where the system likes for IPv4. */
function memberships(group: string, only: readonly string[]): readonly Place[] {
  const zone = /%(.*)$/u.exec(group)?.[1];
  if (zone !== undefined) return [{ host: group, via: `::%${zone}` }];
  if (isIPv4(group) && only.length === 0) return [{ host: group }];
  const family = isIPv4(group) ? "IPv4" : "IPv6";
  return interfaceAddresses(only)
    .filter((each) => each.family === family)
    .map(({ name, address }) =>
      family === "IPv4" ? { host: group, via: address } : { host: `${group}%${name}`, via: `::%${name}` },
    );
}
