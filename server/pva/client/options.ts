import { hostname, userInfo } from "node:os";
import { type Clock, systemClock } from "../clock.ts";
import { type Log, silentLog } from "../log.ts";
import { DEFAULT_MAX_ARRAY_BYTES } from "../limits.ts";
import type { Endpoint } from "../wire/address.ts";
import type { SearchTarget } from "./address-list.ts";
import type { TrafficObserver } from "./traffic-observer.ts";

/** How a client finds servers and behaves towards them. Everything has a default: pvxs's, where pvxs has one. */
export interface PvaClientOptions {
  /** UDP search targets: hosts, broadcast addresses, multicast groups (EPICS_PVA_ADDR_LIST). Default: none. */
  readonly addressList?: readonly SearchTarget[];
  /** Also search the broadcast address of every interface (EPICS_PVA_AUTO_ADDR_LIST). Default: true. */
  readonly autoAddressList?: boolean;
  /** UDP port of searches (EPICS_PVA_BROADCAST_PORT). Default: 5076. */
  readonly broadcastPort?: number;
  /**
   * Addresses or names of the interfaces to search on and to hear beacons on, empty for all; and multicast groups to hear
   * (EPICS_PVA_INTF_ADDR_LIST). Default: empty.
   */
  readonly interfaces?: readonly string[];
  /** TCP search targets (EPICS_PVA_NAME_SERVERS). Default: none. */
  readonly nameServers?: readonly Endpoint[];
  /** Silence after which a connection is given up, in ms (EPICS_PVA_CONN_TMO × 4/3). Default: 40 000. */
  readonly connectionTimeoutMs?: number;
  /** How long an answer to a request may take, in ms. Default: 5000. */
  readonly requestTimeoutMs?: number;
  /** Largest array taken, in bytes (EPICS_PVA_MAX_ARRAY_BYTES). Default: 256 MiB. */
  readonly maxArrayBytes?: number;
  /** Who we say we are to servers that ask (method "ca"). Default: the process's user and host. */
  readonly user?: string;
  readonly host?: string;
  /**
   * Whether a server that a search has found may be connected to: an answer may name any address, and be forged. Default:
   * every one.
   */
  readonly mayConnect?: (server: Endpoint) => boolean;
  /** What could not be read of the settings and was left out; logged as warnings when the client starts. Default: none. */
  readonly badSettings?: readonly string[];
  readonly clock?: Clock;
  readonly log?: Log;
  /** Hears every byte sent and received. Default: nobody, at no cost. */
  readonly observer?: TrafficObserver;
}

/** Options with every default filled in. */
export type PvaClientSettings = Required<Omit<PvaClientOptions, "observer">> &
  Pick<PvaClientOptions, "observer">;

/** EPICS_PVA_BROADCAST_PORT where nobody says otherwise. */
export const DEFAULT_BROADCAST_PORT = 5076;
/** EPICS_PVA_SERVER_PORT where nobody says otherwise. */
export const DEFAULT_SERVER_PORT = 5075;

/** Fills in the defaults. */
export function settingsOf(options: PvaClientOptions): PvaClientSettings {
  return {
    addressList: [],
    autoAddressList: true,
    broadcastPort: DEFAULT_BROADCAST_PORT,
    interfaces: [],
    nameServers: [],
    connectionTimeoutMs: 40_000,
    requestTimeoutMs: 5000,
    maxArrayBytes: DEFAULT_MAX_ARRAY_BYTES,
    user: userName(),
    host: hostname(),
    mayConnect: () => true,
    badSettings: [],
    clock: systemClock,
    log: silentLog,
    ...options,
  };
}

/** The process's user, or "nobody" in containers that run under a number without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "nobody";
  }
}
