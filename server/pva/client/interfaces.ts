import { isIPv4 } from "node:net";
import { networkInterfaces, type NetworkInterfaceInfo } from "node:os";
import { isMulticast } from "./address-list.ts";

/** An address that an interface of this machine has. */
export interface InterfaceAddress {
  /** Name of the interface: `eth0`. */
  readonly name: string;
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
  readonly netmask: string;
  /** Of this machine only. */
  readonly internal: boolean;
}

/** What `os.networkInterfaces` tells. */
type InterfaceTable = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * Addresses of this machine.
 * @param only addresses or names of the interfaces to take; empty for all but loopback
 */
export function interfaceAddresses(
  only: readonly string[],
  table: InterfaceTable = networkInterfaces(),
): readonly InterfaceAddress[] {
  return Object.entries(table)
    .flatMap(([name, addresses = []]) =>
      addresses.map(({ family, address, netmask, internal }) => ({
        name,
        family,
        address,
        netmask,
        internal,
      })),
    )
    .filter(({ name, address, internal }) =>
      only.length === 0 ? !internal : only.includes(address) || only.includes(name),
    );
}

/**
 * Broadcast addresses of this machine's IPv4 interfaces, loopback left out; each once.
 * @param only addresses or names of the interfaces to take; empty for all
 */
export function broadcastAddresses(only: readonly string[]): readonly string[] {
  const addresses = interfaceAddresses(only)
    // An interface of its own address alone (/32) has nobody else on it.
    .filter(({ family, netmask }) => family === "IPv4" && netmask !== "255.255.255.255")
    .map(({ address, netmask }) => broadcastOf(address, netmask));
  return [...new Set(addresses)];
}

/** address | ~netmask, byte by byte; the system does not tell it. */
export function broadcastOf(address: string, netmask: string): string {
  const mask = netmask.split(".").map(Number);
  return address
    .split(".")
    .map((byte, index) => Number(byte) | (~(mask[index] ?? 255) & 255))
    .join(".");
}

/** Whether datagrams to this address reach several hosts or sockets: multicast, or (by habit) a broadcast address. */
export function isShared(host: string): boolean {
  return isMulticast(host) || (isIPv4(host) && host.endsWith(".255"));
}
