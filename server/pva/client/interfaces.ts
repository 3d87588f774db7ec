import { networkInterfaces } from "node:os";

/**
 * Broadcast addresses of this machine's IPv4 interfaces, loopback left out.
 * @param only addresses of the interfaces to take; empty for all
 */
export function broadcastAddresses(only: readonly string[]): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal, address }) => {
      return family === "IPv4" && (only.length === 0 ? !internal : only.includes(address));
    })
    .map(({ address, netmask }) => broadcastOf(address, netmask));
}

/** address | ~netmask, byte by byte; the system does not tell it. */
export function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split(".").map(Number);
  return address
    .split(".")
    .map((byte, index) => Number(byte) | (~(mask[index] ?? 255) & 255))
    .join(".");
}

/** Whether datagrams to this IPv4 address reach several hosts or sockets: multicast, or (by habit) a broadcast address. */
export function isShared(host: string): boolean {
  const [first = 0, , , last = 0] = host.split(".").map(Number);
  return (first >= 224 && first <= 239) || last === 255;
}
