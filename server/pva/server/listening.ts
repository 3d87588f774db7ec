import { networkInterfaces } from "node:os";
import { isIP } from "node:net";
import { isMulticast, parseTarget, type SearchTarget } from "../client/address-list.ts";
import { PvaError } from "../errors.ts";
import { isWildcard, udpType } from "./ip-address.ts";

/** A multicast group to hear searches from: `via` the interface it is joined on, `ttl` for beacons to it. */
export type Group = Omit<SearchTarget, "port">;

/** Where a server listens. */
export interface Listening {
  /** Addresses of interfaces; a wildcard stands alone in its family. At least one. */
  readonly hosts: readonly string[];
  readonly groups: readonly Group[];
}

/**
 * Reads a list of interfaces (EPICS_PVAS_INTF_ADDR_LIST): addresses of this host, wildcards, multicast groups
 * `group[,TTL][@interface]`. A group also means its interface, or all of them, as in pvxs; an empty list means all.
 * Throws `bad-setting`.
 */
export function readListening(list: readonly string[]): Listening {
  const words = list.length === 0 ? ["0.0.0.0"] : list;
  const addresses = words.map((word) => readInterface(word === "localhost" ? "127.0.0.1" : word));
  const groups = addresses.filter(({ host }) => isMulticast(host));
  const hosts = addresses.map((address) => (isMulticast(address.host) ? hostOf(address) : address.host));
  const isCovered = (host: string): boolean =>
    !isWildcard(host) && hosts.some((other) => isWildcard(other) && udpType(other) === udpType(host));
  return { hosts: [...new Set(hosts)].filter((host) => !isCovered(host)), groups };
}

/** The addresses to listen on by TCP: a socket on `::` takes IPv4 clients as well and cannot stand beside 0.0.0.0. */
export function tcpHosts({ hosts }: Listening): readonly string[] {
  return hosts.includes("::") ? hosts.filter((host) => udpType(host) === "udp6") : hosts;
}

/** The name and the address of one family of an interface given by either; undefined where there is none. */
export function interfaceOf(
  given: string,
  type: "udp4" | "udp6",
): { readonly name: string; readonly address: string } | undefined {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    if (name !== given && !addresses.some(({ address }) => address === given)) continue;
    const own = addresses.find(({ family, address }) =>
      udpType(given) === type && isIP(given) !== 0 ? address === given : family === FAMILIES[type],
    );
    if (own !== undefined) return { name, address: own.address };
  }
  return undefined;
}

const FAMILIES = { udp4: "IPv4", udp6: "IPv6" } as const;

function readInterface(word: string): Group {
  const plain = /^\[(.*)\]$/.exec(word)?.[1] ?? word;
  if (isIP(plain) !== 0) return { host: plain };
  const { port, ...group } = parseTarget(word, 0);
  if (isMulticast(group.host) && port === 0) return group;
  const allowed = "an address of an interface, or group[,TTL][@interface], without a port";
  throw new PvaError("bad-setting", `"${word}" is not ${allowed}`);
}

function hostOf({ host, via }: Group): string {
  const type = udpType(host);
  if (via === undefined) return type === "udp6" ? "::" : "0.0.0.0";
  const own = interfaceOf(via, type);
  if (own === undefined) throw new PvaError("bad-setting", `this host has no interface ${via}`);
  return own.address;
}
