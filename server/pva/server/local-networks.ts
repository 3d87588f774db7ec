import { networkInterfaces } from "node:os";
import { isIPv6 } from "node:net";
import type { Clock } from "../clock.ts";
import { isMulticast } from "../client/address-list.ts";
import { isWildcard } from "./ip-address.ts";

/** One address of this host and the network it stands in. */
export interface LocalAddress {
  readonly address: string;
  readonly netmask: string;
}

/** Interfaces come and go, but not with every datagram. */
const KEPT_MS = 10_000;
const PREFIX_OF_MAPPED = "::ffff:";

/** The addresses of this host and the IPv4 networks it is part of, looked up at most every ten seconds. */
export class LocalNetworks {
  readonly #clock: Clock;
  readonly #read: () => readonly LocalAddress[];
  #known: readonly LocalAddress[] = [];
  #readAt = -Infinity;

  /** @param read how the addresses are found; the system's if left out */
  constructor(clock: Clock, read: () => readonly LocalAddress[] = systemAddresses) {
    this.#clock = clock;
    this.#read = read;
  }

  /** Whether this is an address of this very host. */
  isOwn(host: string): boolean {
    const [unzoned = ""] = host.split("%");
    const plain = unzoned.startsWith(PREFIX_OF_MAPPED) ? unzoned.slice(PREFIX_OF_MAPPED.length) : unzoned;
    if (plain.startsWith("127.") || plain === "::1") return true;
    return this.#addresses().some(({ address }) => address === plain);
  }

  /** Whether `host` is a single machine (no broadcast, no multicast) in a network that this host shares with `other`. */
  isNeighbour(host: string, other: string): boolean {
    const [one, two] = [ipv4Number(host), ipv4Number(other)];
    if (one === undefined || two === undefined) return false;
    return this.#addresses().some(({ address, netmask }) => {
      const [own, mask] = [ipv4Number(address), ipv4Number(netmask)];
      if (own === undefined || mask === undefined) return false;
      const inside = (number: number): boolean => (number & mask) === (own & mask);
      const hostPart = one & ~mask;
      return inside(one) && inside(two) && hostPart !== 0 && hostPart !== ~mask;
    });
  }

  /** Whether `host`, a broadcast address perhaps, is in the network in which this host has the address `own`. */
  isInNetworkOf(host: string, own: string): boolean {
    const [one, two] = [ipv4Number(host), ipv4Number(own)];
    const mask = ipv4Number(this.#addresses().find(({ address }) => address === own)?.netmask ?? "");
    if (one === undefined || two === undefined) return false;
    // Every address in 127/8 is loopback's, given to an interface or not.
    return (one & (mask ?? 0xff000000)) === (two & (mask ?? 0xff000000));
  }

  /**
   * The address of ours that a datagram from this IPv4 address was sent to, most likely: Linux answers itself from the
   * address asked, and others ask the address in their own network. undefined where nothing can be said.
   */
  addressFacing(source: string): string | undefined {
    if (source.startsWith("127.")) return "127.0.0.1";
    if (this.isOwn(source)) return source;
    return this.#addresses().find(({ address }) => this.isNeighbour(address, source))?.address;
  }

  #addresses(): readonly LocalAddress[] {
    const now = this.#clock.now();
    if (now - this.#readAt >= KEPT_MS) {
      this.#known = this.#read();
      this.#readAt = now;
    }
    return this.#known;
  }
}

/** Whether datagrams to this address go to one machine: no multicast, no general broadcast, not "this network". */
export function isUnicast(host: string): boolean {
  if (isIPv6(host)) return !isMulticast(host) && !isWildcard(host);
  const number = ipv4Number(host);
  if (number === undefined) return false;
  const first = number >>> 24;
  return first > 0 && first < 224;
}

/** An IPv4 literal as a signed 32-bit number, so that masks apply; undefined for anything else. */
function ipv4Number(host: string): number | undefined {
  const bytes = host.split(".").map(Number);
  const fits =
    bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  return fits ? bytes.reduce((number, byte) => (number << 8) | byte, 0) : undefined;
}

function systemAddresses(): readonly LocalAddress[] {
  return Object.values(networkInterfaces()).flatMap((list) => list ?? []);
}
