import { isIPv6 } from "node:net";
import { isMulticast, type SearchTarget } from "../client/address-list.ts";
import { broadcastAddresses } from "../client/interfaces.ts";
import { isLoopback, isWildcard, udpType } from "./ip-address.ts";
import { interfaceOf, type Listening } from "./listening.ts";
import type { LocalNetworks } from "./local-networks.ts";
import { broadcastsOf } from "./search-sockets.ts";

/** A destination of beacons with the address they leave from: it is there that clients will connect. */
export interface BeaconRoute {
  readonly destination: SearchTarget;
  readonly from: string;
}

/** Where a server says of itself that it is there. */
export interface WantedBeacons {
  readonly list: readonly SearchTarget[];
  /** Also the broadcast addresses of the interfaces listened on, and the groups; at this port. */
  readonly automaticPort: number | undefined;
}

/** One route for each destination that can be reached from an address listened on. */
export function beaconRoutes(
  { list, automaticPort }: WantedBeacons,
  listening: Listening,
  networks: LocalNetworks,
): readonly BeaconRoute[] {
  const routes = [
    ...list.flatMap((destination) => {
      const from = sourceFor(destination, listening, networks);
      return from === undefined ? [] : [{ destination, from }];
    }),
    ...(automaticPort === undefined ? [] : automaticRoutes(automaticPort, listening, networks)),
  ];
  const keyOf = ({ destination: { host, port, via }, from }: BeaconRoute): string =>
    [host, port, via, from].join(" ");
  return [...new Map(routes.map((route) => [keyOf(route), route])).values()];
}

function automaticRoutes(
  port: number,
  { hosts, groups }: Listening,
  networks: LocalNetworks,
): readonly BeaconRoute[] {
  const broadcasts = hosts.flatMap((from) => {
    if (isIPv6(from)) return [];
    const targets = isWildcard(from) ? broadcastAddresses([]) : broadcastsOf(from);
    return targets.map((host) => ({ destination: { host, port }, from }));
  });
  const grouped = groups.flatMap((group) => {
    const from = sourceFor({ ...group, port }, { hosts, groups }, networks);
    return from === undefined ? [] : [{ destination: { ...group, port }, from }];
  });
  return [...broadcasts, ...grouped];
}

/** The address listened on that is next to the destination. */
function sourceFor(
  { host, via }: SearchTarget,
  { hosts }: Listening,
  networks: LocalNetworks,
): string | undefined {
  const type = udpType(host);
  // A TCP socket on :: takes IPv4 clients too, so its beacons may go to them.
  if (type === "udp4" && hosts.includes("::")) return "0.0.0.0";
  const ours = hosts.filter((own) => udpType(own) === type);
  const wildcard = ours.find(isWildcard);
  if (wildcard !== undefined) return wildcard;
  const chosen = via === undefined ? undefined : interfaceOf(via, type)?.address;
  const near = ours.find((own) => own === host || networks.isInNetworkOf(host, own));
  const outward = ours.find((own) => !isLoopback(own));
  const sure = ours.find((own) => own === chosen) ?? near;
  if (sure !== undefined) return sure;
  return isMulticast(host) || networks.isOwn(host) ? (outward ?? ours[0]) : outward;
}
