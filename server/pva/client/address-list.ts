import { isIP, isIPv4, isIPv6 } from "node:net";
import { asError, PvaError } from "../errors.ts";
import type { Endpoint } from "../wire/address.ts";

/** Where to search by UDP: one host, a broadcast address, or a multicast group. `host` may be a name. */
export interface SearchTarget extends Endpoint {
  /** Routers a datagram to a multicast group may pass; the system's default is 1: this network only. */
  readonly ttl?: number;
  /** Address or name of the interface through which a multicast group is reached. */
  readonly via?: string;
}

/** Takes what is wrong with one entry of a list; the entry is left out, the others hold. */
export type TellBadSetting = (fault: PvaError) => void;

/**
 * Reads one entry as pvxs does: `a.b.c.d`, `host` or `[v6]`, then `:port`, `,TTL` and `@interface` where wanted. The last
 * two only matter for multicast groups. Throws `bad-setting` saying what is wrong and what to write.
 */
export function parseTarget(text: string, defaultPort: number): SearchTarget {
  const match = /^(\[[^\]]*\]|[^:,@[\]]*)(?::([^:,@]*))?(?:,([^:,@]*))?(?:@([^,@\s]*))?$/u.exec(text);
  if (match === null)
    throw bad(text, isIPv6(text) ? `write [${text}]` : "write host[:port][,TTL][@interface]");
  const [, where = "", port, ttl, via] = match;
  if (via === "") throw bad(text, "no interface after @: write its address or name");
  return {
    host: hostOf(text, where),
    port: port === undefined ? defaultPort : numberOf(text, port, "port", 65_535),
    ...(ttl === undefined ? {} : { ttl: numberOf(text, ttl, "TTL", 255) }),
    ...(via === undefined ? {} : { via }),
  };
}

/** Reads `host[:port]`, for TCP. Throws `bad-setting`. */
export function parseServer(text: string, defaultPort: number): Endpoint {
  const { host, port, ttl, via } = parseTarget(text, defaultPort);
  if (ttl !== undefined || via !== undefined || isMulticast(host))
    throw bad(text, "TCP has no multicast: write host[:port]");
  return { host, port };
}

/**
 * Reads an entry of EPICS_PVA_INTF_ADDR_LIST: the address or the name of an interface, or a multicast group to listen to
 * with `@interface` where wanted. Throws `bad-setting`.
 */
export function parseInterface(text: string): string {
  const plain = /^\[(.*)\]$/u.exec(text)?.[1] ?? text;
  if (isIP(plain) !== 0 || /^[\w.-]*[a-z][\w.-]*$/iu.test(plain)) return plain;
  if (isMulticast(parseTarget(text, 1).host)) return text;
  throw bad(text, "write the address or the name of an interface, without a port");
}

/** Tells the interfaces of such a list from the groups in it. */
export function splitInterfaces(
  list: readonly string[],
  port: number,
): { readonly interfaces: readonly string[]; readonly groups: readonly SearchTarget[] } {
  const isGroup = (entry: string): boolean => isMulticast(/^\[?([^,@\]]*)/u.exec(entry)?.[1] ?? "");
  const targetOf = (entry: string): SearchTarget =>
    isIP(entry) === 0 ? parseTarget(entry, port) : { host: entry, port };
  return {
    interfaces: list.filter((entry) => !isGroup(entry)),
    groups: list.filter(isGroup).map(targetOf),
  };
}

/**
 * Reads every entry of a list, blanks between.
 * @param tell takes the faults of entries that cannot be read, each naming the variable
 */
export function readList<Entry>(
  name: string,
  text: string | undefined,
  parse: (word: string) => Entry,
  tell: TellBadSetting,
): readonly Entry[] {
  return words(text).flatMap((word) => {
    try {
      return [parse(word)];
    } catch (error) {
      tell(new PvaError("bad-setting", `${name}: ${asError(error).message}`));
      return [];
    }
  });
}

/** The words of a list, blanks between. */
export function words(text: string | undefined): readonly string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

/** Whether an address is that of a group: 224.0.0.0 to 239.255.255.255, or ff00::/8. */
export function isMulticast(host: string): boolean {
  if (isIPv4(host)) return (Number(host.split(".")[0]) & 0xf0) === 0xe0;
  return isIPv6(host) && /^ff[0-9a-f]{2}:/iu.test(host);
}

function hostOf(text: string, where: string): string {
  if (where.startsWith("[")) {
    const host = where.slice(1, -1);
    if (isIPv6(host)) return host;
    throw bad(text, `${where} is no IPv6 address`);
  }
  if (where === "") throw bad(text, "no host: write host[:port]");
  if (!/^[\w.-]+$/u.test(where)) throw bad(text, `"${where}" is no host name`);
  // A name of digits and dots alone would be looked up for nothing.
  if (/^[\d.]+$/u.test(where) && !isIPv4(where))
    throw bad(text, `${where} is no IPv4 address: write a.b.c.d`);
  return where;
}

function numberOf(text: string, digits: string, what: string, most: number): number {
  const number = Number(digits);
  if (/^\d+$/u.test(digits) && number >= 1 && number <= most) return number;
  throw bad(text, `"${digits}" is no ${what}: write a number from 1 to ${most}`);
}

function bad(text: string, why: string): PvaError {
  return new PvaError("bad-setting", `"${text}": ${why}`);
}
