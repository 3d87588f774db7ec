import { networkInterfaces } from "node:os";
import type { Clock } from "../clock.ts";

/** One address of this host and the network it stands in. */
export interface LocalAddress {
  readonly address: string;
  readonly netmask: string;
}

/** Interfaces come and go, but not with every datagram. */
const KEPT_MS = 10_000;
const PREFIX_OF_MAPPED = "::ffff:";

/** The IPv4 networks this host is part of, looked up at most every ten seconds. */
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
    const plain = host.startsWith(PREFIX_OF_MAPPED) ? host.slice(PREFIX_OF_MAPPED.length) : host;
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

  #addresses(): readonly LocalAddress[] {
    const now = this.#clock.now();
    if (now - this.#readAt >= KEPT_MS) {
      this.#known = this.#read();
      this.#readAt = now;
    }
    return this.#known;
  }
}

/** Whether datagrams to this IPv4 address go to one machine: no multicast, no general broadcast, not "this network". */
export function isUnicast(host: string): boolean {
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
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === "IPv4");
}
