import { isIPv6 } from "node:net";

/** Whether this IP address means all interfaces. */
export function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** Whether this IP address reaches this host only. */
export function isLoopback(host: string): boolean {
  return host.startsWith("127.") || host === "::1";
}

/** The dgram socket type for an IP address; a host name is taken for an IPv4 one. */
export function udpType(host: string): "udp4" | "udp6" {
  return isIPv6(host) ? "udp6" : "udp4";
}
