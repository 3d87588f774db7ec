import { lookup } from "node:dns/promises";
import { isIP, isIPv4 } from "node:net";
import { asError } from "../errors.ts";
import type { Endpoint } from "../wire/address.ts";
import { isMulticast, type SearchTarget, splitInterfaces } from "./address-list.ts";
import { broadcastAddresses, interfaceAddresses, isShared } from "./interfaces.ts";
import type { PvaClientSettings } from "./options.ts";

/** Names are looked up and interfaces listed anew this often, for both come and go. */
const REFRESH_MS = 1000;

/** One place to send a search to; `host` is an IP literal, of an IPv6 group with its `%interface`. */
export interface Destination extends Endpoint {
  /** Whether several hosts or sockets may hear it there: multicast and broadcast. */
  readonly shared: boolean;
  readonly ttl?: number;
  /** Address of the interface through which an IPv4 group is reached. */
  readonly via?: string;
}

/** Where to ask: the address list with its names looked up, groups once an interface, and all broadcast addresses. */
export class SearchTargets {
  readonly #settings: PvaClientSettings;
  #known: Promise<readonly Destination[]> = Promise.resolve([]);
  #foundAt = -Infinity;

  constructor(settings: PvaClientSettings) {
    this.#settings = settings;
  }

  /** As known now; never older than a second. */
  now(): Promise<readonly Destination[]> {
    const now = this.#settings.clock.now();
    if (now - this.#foundAt >= REFRESH_MS) {
      this.#foundAt = now;
      this.#known = this.#find();
    }
    return this.#known;
  }

  async #find(): Promise<readonly Destination[]> {
    const { addressList, autoAddressList, broadcastPort, interfaces: list } = this.#settings;
    const { interfaces } = splitInterfaces(list, broadcastPort);
    const broadcasts = broadcastAddresses(interfaces);
    const listed = await Promise.all(addressList.map((target) => this.#resolved(target)));
    const wanted = listed
      .filter((target) => target !== undefined)
      .flatMap((target) =>
        isMulticast(target.host)
          ? groupDestinations(target, interfaces)
          : [{ host: target.host, port: target.port, shared: isShared(target.host) }],
      );
    const automatic = autoAddressList
      ? broadcasts.map((host) => ({ host, port: broadcastPort, shared: true }))
      : [];
    // The later of two equal ones stays: it knows that it is a broadcast address, whatever the netmask.
    const all: readonly Destination[] = [...wanted, ...automatic];
    return [...new Map(all.map((each) => [`${each.host} ${each.port} ${each.via}`, each])).values()];
  }

  async #resolved(target: SearchTarget): Promise<SearchTarget | undefined> {
    if (isIP(target.host) !== 0) return target;
    try {
      const addresses = await lookup(target.host, { all: true });
      const { address } = addresses.find(({ family }) => family === 4) ?? addresses[0]!;
      return { ...target, host: address };
    } catch (error) {
      this.#settings.log.debug("{host} in the address list: {message}", {
        host: target.host,
        message: asError(error).message,
      });
      return undefined;
    }
  }
}

/**
 * A group as it is reached: through the interface its entry names, or each of those listed, or for IPv4 the one that the
 * system would take, for IPv6 every one, since a group there means nothing without its interface.
 * @param interfaces addresses or names of the interfaces to search on; empty for all
 */
export function groupDestinations(
  { host, port, ttl, via }: SearchTarget,
  interfaces: readonly string[],
): readonly Destination[] {
  const group = { port, shared: true, ...(ttl === undefined ? {} : { ttl }) };
  if (host.includes("%")) return [{ ...group, host }];
  const only = via === undefined ? interfaces : [via];
  if (isIPv4(host) && only.length === 0) return [{ ...group, host }];
  const family = isIPv4(host) ? "IPv4" : "IPv6";
  const found = interfaceAddresses(only).filter((each) => each.family === family);
  return [...new Map(found.map((each) => [each.name, each])).values()].map(({ name, address }) =>
    family === "IPv4" ? { ...group, host, via: address } : { ...group, host: `${host}%${name}` },
  );
}
