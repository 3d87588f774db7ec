import { randomBytes } from "node:crypto";
import type { SearchTarget } from "../client/address-list.ts";
import { type Clock, systemClock } from "../clock.ts";
import { asError } from "../errors.ts";
import { type Log, silentLog } from "../log.ts";
import { GUID_BYTES } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { beaconRoutes } from "./beacon-routes.ts";
import { BeaconSender } from "./beacons.ts";
import { ConnectionPlaces } from "./connection-places.ts";
import { ServerConnection } from "./connection.ts";
import { type Dialect, PLAIN_SEARCH, type SearchDialect } from "./dialect.ts";
import { WARNING_INTERVAL_MS } from "./limits.ts";
import { type Listening, readListening, tcpHosts } from "./listening.ts";
import { LocalNetworks } from "./local-networks.ts";
import type { Pv } from "./pv.ts";
import type { ConnectionServer } from "./served-client.ts";
import { SERVER_PV, serverPv } from "./server-pv.ts";
import { listenEverywhere, type TcpListener } from "./tcp-listeners.ts";
import { UdpSearch } from "./udp-search.ts";

/** Ports by custom. */
export const DEFAULT_SERVER_PORT = 5075;
export const DEFAULT_SEARCH_PORT = 5076;

export interface PvaServerOptions {
  /**
   * The PV of a name; undefined where this server has none. Asked for every search and every channel, so it may make
   * PVs on demand, and must then give the same one while it is in use.
   */
  readonly provider: (name: string) => Pv | undefined;
  /** The names of this server's PVs, for clients that ask for a list (`pvlist`). Default: none. */
  readonly names?: () => Iterable<string>;
  /** What the server says it is when asked (`pvlist -i`). Default: "pva-to-video". */
  readonly version?: string;
  /** Address to listen on; loopback if left out. */
  readonly host?: string;
  /**
   * In place of `host` several (EPICS_PVAS_INTF_ADDR_LIST): addresses of interfaces, 0.0.0.0, ::, and multicast groups to
   * hear searches from, `group[,TTL][@interface]`.
   */
  readonly interfaces?: readonly string[];
  /** TCP port that the server must have; 0 for any free one. Left out: `preferredPort`. */
  readonly port?: number;
  /** TCP port wished for (EPICS_PVAS_SERVER_PORT): where it is taken any free one will do, with a warning. Default: 5075. */
  readonly preferredPort?: number;
  /** Answer searches on this UDP port too (by custom 5076; 0 for any free one); left out: TCP searches only. */
  readonly searchPort?: number;
  /** Where beacons are sent (EPICS_PVAS_BEACON_ADDR_LIST). Default: nowhere but by `autoBeaconAddressList`. */
  readonly beaconAddressList?: readonly SearchTarget[];
  /**
   * Also send beacons to the search port of the broadcast address of every interface listened on, and of every group
   * (EPICS_PVAS_AUTO_BEACON_ADDR_LIST). Default: true; without a fixed search port there is nowhere to send to.
   */
  readonly autoBeaconAddressList?: boolean;
  /** Searches by UDP from these addresses are not answered; port 0 for any (EPICS_PVAS_IGNORE_ADDR_LIST). Default: none. */
  readonly ignoreAddressList?: readonly Endpoint[];
  /** How the messages of each new connection are worded, for tests of clients. Default: plainly. */
  readonly dialect?: () => Dialect;
  /** How searches are answered, for the same. Default: plainly. */
  readonly searchDialect?: SearchDialect;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** What a server is doing and has done. */
export interface PvaServerStatistics {
  readonly connections: number;
  readonly channels: number;
  /** GETs, PUTs, MONITORs and RPCs begun and not ended. */
  readonly operations: number;
  readonly updatesSent: number;
  /** Posts that reached some monitor only as part of a later one, its socket or its window being full. */
  readonly updatesSquashed: number;
}

/** Per socket; undefined for one that was turned away. */
type SocketData = { readonly connection: ServerConnection; readonly host: string } | undefined;

/**
 * A PVA server: hosts the PVs its provider knows, for GET, PUT, MONITOR, RPC and GET-FIELD.
 * @example const server = await PvaServer.listen({ port: 0, provider: (name) => (name === "IMG" ? pv : undefined) });
 */
export class PvaServer {
  readonly #options: PvaServerOptions;
  readonly #connections = new Set<ServerConnection>();
  readonly #places = new ConnectionPlaces();
  readonly #shared: ConnectionServer;
  readonly #listening: Listening;
  #listeners: readonly TcpListener[] = [];
  #udp: UdpSearch | undefined;
  #beacons: BeaconSender | undefined;
  #warnedAt = -Infinity;
  #updatesSent = 0;
  #updatesSquashed = 0;

  private constructor(options: PvaServerOptions) {
    this.#options = options;
    this.#listening = readListening(options.interfaces ?? [options.host ?? "127.0.0.1"]);
    const own = serverPv(options.names ?? (() => []), options.version ?? "pva-to-video");
    const portOf = (): number => this.address.port;
    this.#shared = {
      guid: new Uint8Array(randomBytes(GUID_BYTES)),
      clock: options.clock ?? systemClock,
      log: options.log ?? silentLog,
      get port() {
        return portOf();
      },
      has: (name) => options.provider(name) !== undefined,
      newDialect: options.dialect,
      searchDialect: options.searchDialect ?? PLAIN_SEARCH,
      find: (name) => options.provider(name) ?? (name === SERVER_PV ? own : undefined),
      count: (what) => {
        if (what === "updatesSent") this.#updatesSent++;
        else this.#updatesSquashed++;
      },
    };
  }

  /**
   * Starts listening. Rejects with `cannot-listen` where the TCP port cannot be had, and `bad-setting` for interfaces that
   * are none; a search port that cannot be had is logged, and the server is then found over TCP only.
   */
  static async listen(options: PvaServerOptions): Promise<PvaServer> {
    const server = new PvaServer(options);
    server.#listeners = server.#listen();
    await server.#openSearch();
    await server.#openBeacons();
    return server;
  }

  /** Where the server listens, the first of its interfaces, with its real port. */
  get address(): Endpoint {
    return this.addresses[0]!;
  }

  /** Everywhere it listens. */
  get addresses(): readonly Endpoint[] {
    const port = this.#listeners[0]?.port ?? 0;
    return this.#listening.hosts.map((host) => ({ host, port }));
  }

  /** The UDP port searches are answered on, if any. */
  get searchPort(): number | undefined {
    return this.#udp?.port;
  }

  get statistics(): PvaServerStatistics {
    const tables = [...this.#connections].map(({ table }) => table);
    return {
      connections: tables.length,
      channels: tables.reduce((sum, { channels }) => sum + channels.size, 0),
      operations: tables.reduce((sum, { operations }) => sum + operations.size, 0),
      updatesSent: this.#updatesSent,
      updatesSquashed: this.#updatesSquashed,
    };
  }

  /** Destroys every channel on this PV, as when the record behind it goes: clients search for the name again. */
  destroyChannelsOf(pv: Pv): void {
    for (const connection of [...this.#connections]) connection.destroyChannelsOf(pv);
  }

  /** Closes every socket and timer; resolves when the ports are free. Closing twice is harmless. */
  async close(): Promise<void> {
    const [udp, beacons] = [this.#udp, this.#beacons];
    this.#udp = undefined;
    this.#beacons = undefined;
    for (const listener of this.#listeners) listener.stop(true);
    for (const connection of [...this.#connections]) connection.close("server stops");
    this.#connections.clear();
    await Promise.all([udp?.close(), beacons?.close()]);
  }

  #listen(): readonly TcpListener[] {
    const { port, preferredPort = DEFAULT_SERVER_PORT } = this.#options;
    const wanted = { port: port ?? preferredPort, orAnother: port === undefined };
    const { log } = this.#shared;
    const listen = (hostname: string, at: number): TcpListener => this.#listenAt(hostname, at);
    try {
      return listenEverywhere(tcpHosts(this.#listening), wanted, listen, log);
    } catch (error) {
      const withoutIpv6 = this.#listening.hosts.filter((host) => host !== "::");
      if (withoutIpv6.length === this.#listening.hosts.length || withoutIpv6.length === 0) throw error;
      log.debug("no IPv6: {message}", { message: asError(error).message });
      return listenEverywhere(withoutIpv6, wanted, listen, log);
    }
  }

  #listenAt(hostname: string, port: number): TcpListener {
    return Bun.listen<SocketData>({
      hostname,
      port,
      socket: {
        binaryType: "uint8array",
        open: (socket) => this.#opened(socket),
        data: (socket, chunk) => socket.data?.connection.received(chunk),
        drain: (socket) => socket.data?.connection.drained(),
        end: (socket) => void socket.end(),
        close: (socket) => this.#closed(socket),
        error: (socket, error) => {
          this.#shared.log.debug("socket: {message}", { message: error.message });
          socket.terminate();
        },
      },
    });
  }

  #opened(socket: Bun.Socket<SocketData>): void {
    socket.data = undefined;
    // Asked now: Bun does not tell it once the socket is closed, nor of one that its peer has reset before it was accepted.
    const host = socket.remoteAddress as string | undefined;
    if (host === undefined) {
      socket.terminate();
      return;
    }
    if (!this.#places.take(host)) {
      socket.terminate();
      this.#warnOfFlood(host);
      return;
    }
    socket.setNoDelay(true);
    const peer = endpointName({ host, port: socket.remotePort });
    const connection = new ServerConnection(socket, peer, this.#shared);
    socket.data = { connection, host };
    this.#connections.add(connection);
  }

  /** Says that the server is full, but not with every client it turns away. */
  #warnOfFlood(peer: string): void {
    const now = this.#shared.clock.now();
    if (now - this.#warnedAt < WARNING_INTERVAL_MS) return;
    this.#warnedAt = now;
    this.#shared.log.warning("too many connections: {peer} turned away, and maybe others", { peer });
  }

  #closed(socket: Bun.Socket<SocketData>): void {
    if (socket.data === undefined) return;
    const { connection, host } = socket.data;
    connection.closed();
    this.#connections.delete(connection);
    this.#places.free(host);
  }

  async #openSearch(): Promise<void> {
    const port = this.#options.searchPort;
    if (port === undefined) return;
    const { clock, log } = this.#shared;
    try {
      this.#udp = await UdpSearch.open({
        port,
        listening: this.#listening,
        ignored: this.#options.ignoreAddressList ?? [],
        server: this.#shared,
        clock,
        log,
      });
    } catch (error) {
      log.warning("UDP port {port} cannot be had, searches are answered over TCP only: {message}", {
        port,
        message: asError(error).message,
      });
    }
  }

  async #openBeacons(): Promise<void> {
    const { beaconAddressList = [], autoBeaconAddressList = true, searchPort = 0 } = this.#options;
    const { guid, clock, log } = this.#shared;
    const automaticPort = autoBeaconAddressList && searchPort !== 0 ? searchPort : undefined;
    const wanted = { list: beaconAddressList, automaticPort };
    const routes = beaconRoutes(wanted, this.#listening, new LocalNetworks(clock));
    if (routes.length > 0)
      this.#beacons = await BeaconSender.open({ routes, port: this.address.port, guid, clock, log });
  }
}
