import { BlockList, isIP } from "node:net";
import type { Subnet } from "../config.ts";

/** Who has sent a request, as far as it can be known. */
export interface Client {
  /** IP address, IPv4 where it is one inside of IPv6; `unknown` where the client has hung up before it was asked for. */
  readonly address: string;
  /** Whether the request has come over TLS, to us or to a trusted proxy. */
  readonly secure: boolean;
  /** Host and port that the client has asked for, as in its URL; "" where it sent none that can be one. */
  readonly host: string;
}

/** Entries of X-Forwarded-For looked at, the nearest first: no chain of proxies is longer. */
const LONGEST_CHAIN = 32;

/**
 * Tells the client of a request, behind reverse proxies too. X-Forwarded-For, -Proto and -Host are believed of trusted
 * peers only, for anybody can write them. `Forwarded` (RFC 7239) is not read: a proxy that writes one of the two kinds
 * passes the other on as the client made it up.
 */
export class Clients {
  readonly #trusted = new BlockList();

  /** @param trusted networks of reverse proxies */
  constructor(trusted: readonly Subnet[]) {
    for (const { address, prefix, family } of trusted) this.#trusted.addSubnet(address, prefix, family);
  }

  /** @param peer the address at the other end of the connection; undefined where it is closed already */
  clientOf(request: Request, peer: string | undefined): Client {
    const direct: Client = {
      address: peer === undefined ? "unknown" : (ipOf(peer) ?? peer),
      secure: /^(https|wss):/iu.test(request.url),
      // HTTP/2 has it in the URL alone.
      host: hostOf(request.headers.get("host") ?? /^[a-z]+:\/\/([^/?#]*)/iu.exec(request.url)?.[1]),
    };
    if (!this.#trusts(direct.address)) return direct;
    const { headers } = request;
    const scheme = firstOf(headers.get("x-forwarded-proto"))?.toLowerCase();
    return {
      address: this.#addressBehind(direct.address, headers.get("x-forwarded-for")),
      secure: scheme === undefined ? direct.secure : scheme === "https" || scheme === "wss",
      host: hostOf(firstOf(headers.get("x-forwarded-host"))) || direct.host,
    };
  }

  /** The nearest address that is not a trusted proxy's; whatever stands before it may be made up. */
  #addressBehind(peer: string, forwardedFor: string | null): string {
    let nearest = peer;
    const chain = (forwardedFor ?? "").split(",").slice(-LONGEST_CHAIN).reverse();
    for (const entry of chain) {
      const address = ipOf(entry.trim());
      if (address === undefined) break;
      nearest = address;
      if (!this.#trusts(address)) break;
    }
    return nearest;
  }

  #trusts(address: string): boolean {
    const version = isIP(address);
    // Also not whoever sends and hangs up at once, so that nobody knows who it was: any header would do for him.
    return version !== 0 && this.#trusted.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/**
 * Whom an address counts as, where clients are counted: whoever has one IPv6 address has the 2⁶⁴ of its network, so those
 * count as one.
 */
export function bucketOf(address: string): string {
  return isIP(address) === 6 ? `${groupsOf(address).slice(0, 4).join(":")}::/64` : address;
}

/** An IP address out of `1.2.3.4`, `1.2.3.4:56`, `::1`, `[::1]`, `[::1]:56` or `::ffff:1.2.3.4`; undefined for all else. */
function ipOf(text: string): string | undefined {
  const bare =
    /^\[([^\]]*)\](?::\d{1,5})?$/u.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/u.exec(text)?.[1] ?? text;
  const withoutZone = bare.replace(/%.*$/u, "");
  const version = isIP(withoutZone);
  if (version !== 6) return version === 4 ? withoutZone : undefined;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(withoutZone)?.[1] ?? withoutZone.toLowerCase();
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  const [before = "", after] = address.split("::");
  const head = before.split(":").filter((group) => group !== "");
  const tail = (after ?? "").split(":").filter((group) => group !== "");
  const missing = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(missing).fill("0"), ...tail];
  return groups.map((group) => group.replace(/^0+(?=.)/u, "").toLowerCase());
}

/** What a chain of proxies has listed, the one next to the client first. */
function firstOf(header: string | null): string | undefined {
  return header?.split(",")[0]?.trim();
}

/** The header if it is a host and perhaps a port, in lower case; else "": it goes into comparisons and other headers. */
function hostOf(header: string | null | undefined): string {
  const host = header?.trim().toLowerCase() ?? "";
  return /^([a-z\d._-]{1,253}|\[[\da-f:.]{2,45}\])(:\d{1,5})?$/u.test(host) ? host : "";
}
