import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "../clock.ts";
import { asError, PvaError } from "../errors.ts";
import { type Log, silentLog } from "../log.ts";
import { GUID_BYTES } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { broadcastAddresses } from "../client/interfaces.ts";
import type { Dialect } from "./dialect.ts";
import { BeaconSender } from "./beacons.ts";
import { ServerConnection } from "./connection.ts";
import { MAX_CONNECTIONS } from "./limits.ts";
import type { Pv } from "./pv.ts";
import type { ConnectionServer } from "./served-client.ts";
import { SERVER_PV, serverPv } from "./server-pv.ts";
import { UdpSearch } from "./udp-search.ts";

/** Ports by custom. */
export const DEFAULT_SERVER_PORT = 5075;
export const DEFAULT_SEARCH_PORT = 5076;

/** Reaches every socket of this host that is bound to the port on all addresses (Linux). */
const LOOPBACK_BROADCAST = "127.255.255.255";

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
  /** TCP port; 5075 if left out, 0 for any free one. */
  readonly port?: number;
  /** Answer searches on this UDP port too (by custom 5076; 0 for any free one); left out: TCP searches only. */
  readonly searchPort?: number;
  /** Where beacons are sent (EPICS_PVAS_BEACON_ADDR_LIST). Default: nowhere but by `autoBeaconAddressList`. */
  readonly beaconAddressList?: readonly Endpoint[];
  /**
   * Also send beacons to the search port of every interface's broadcast address (EPICS_PVAS_AUTO_BEACON_ADDR_LIST); of a
   * loopback address: of this host. Default: true; without a fixed search port there is nowhere to send to.
   */
  readonly autoBeaconAddressList?: boolean;
  /** How the messages of each new connection are worded, for tests of clients. Default: plainly. */
  readonly dialect?: () => Dialect;
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
interface SocketData {
  connection: ServerConnection | undefined;
}

/**
 * A PVA server: hosts the PVs its provider knows, for GET, PUT, MONITOR, RPC and GET-FIELD.
 * @example const server = await PvaServer.listen({ port: 0, provider: (name) => (name === "IMG" ? pv : undefined) });
 */
export class PvaServer {
  readonly #options: PvaServerOptions;
  readonly #connections = new Set<ServerConnection>();
  readonly #shared: ConnectionServer;
  #listener: Bun.TCPSocketListener<SocketData> | undefined;
  #udp: UdpSearch | undefined;
  #beacons: BeaconSender | undefined;
  #updatesSent = 0;
  #updatesSquashed = 0;

  private constructor(options: PvaServerOptions) {
    this.#options = options;
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
      find: (name) => options.provider(name) ?? (name === SERVER_PV ? own : undefined),
      count: (what) => {
        if (what === "updatesSent") this.#updatesSent++;
        else this.#updatesSquashed++;
      },
    };
  }

  /**
   * Starts listening. Rejects with `cannot-listen` where the TCP port is taken; a search port that cannot be had is logged, and the server
   * is then found over TCP only.
   */
  static async listen(options: PvaServerOptions): Promise<PvaServer> {
    const server = new PvaServer(options);
    try {
      server.#listener = server.#listen();
    } catch (error) {
      throw server.#cannotListen(error);
    }
    await server.#openSearch();
    await server.#openBeacons();
    return server;
  }

  /** Where the server listens, with its real port. */
  get address(): Endpoint {
    return { host: this.#host, port: this.#listener?.port ?? 0 };
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
    const [listener, udp, beacons] = [this.#listener, this.#udp, this.#beacons];
    this.#udp = undefined;
    this.#beacons = undefined;
    listener?.stop(true);
    for (const connection of [...this.#connections]) connection.close("server stops");
    this.#connections.clear();
    await Promise.all([udp?.close(), beacons?.close()]);
  }

  get #host(): string {
    return this.#options.host ?? "127.0.0.1";
  }

  get #isLoopback(): boolean {
    return this.#host.startsWith("127.") || this.#host === "localhost" || this.#host === "::1";
  }

  #listen(): Bun.TCPSocketListener<SocketData> {
    return Bun.listen<SocketData>({
      hostname: this.#host,
      port: this.#options.port ?? DEFAULT_SERVER_PORT,
      socket: {
        binaryType: "uint8array",
        open: (socket) => this.#opened(socket),
        data: (socket, chunk) => socket.data.connection?.received(chunk),
        drain: (socket) => socket.data.connection?.drained(),
        end: (socket) => void socket.end(),
        close: (socket) => this.#closed(socket),
        error: (socket, error) => {
          this.#shared.log.debug("socket: {message}", { message: error.message });
          socket.terminate();
        },
      },
    });
  }

  /** Bun's own message names neither the port nor what is wrong with it. */
  #cannotListen(cause: unknown): PvaError {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const why = new Map([
      ["EADDRINUSE", "the port is in use"],
      ["EADDRNOTAVAIL", "no interface of this host has that address"],
      ["EACCES", "not permitted"],
    ]).get(code);
    const place = endpointName({ host: this.#host, port: this.#options.port ?? DEFAULT_SERVER_PORT });
    return new PvaError(
      "cannot-listen",
      `cannot listen at ${place}: ${why ?? asError(cause).message} (${code})`,
      { cause },
    );
  }

  #opened(socket: Bun.Socket<SocketData>): void {
    socket.data = { connection: undefined };
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#shared.log.warning("too many connections: {peer} turned away", { peer: socket.remoteAddress });
      socket.terminate();
      return;
    }
    socket.setNoDelay(true);
    const peer = endpointName({ host: socket.remoteAddress, port: socket.remotePort });
    const connection = new ServerConnection(socket, peer, this.#shared);
    socket.data.connection = connection;
    this.#connections.add(connection);
  }

  #closed(socket: Bun.Socket<SocketData>): void {
    const { connection } = socket.data;
    if (connection === undefined) return;
    connection.closed();
    this.#connections.delete(connection);
  }

  async #openSearch(): Promise<void> {
    const port = this.#options.searchPort;
    if (port === undefined) return;
    const { clock, log } = this.#shared;
    try {
      this.#udp = await UdpSearch.open({
        port,
        loopbackOnly: this.#isLoopback,
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
    const destinations = this.#beaconDestinations();
    if (destinations.length === 0) return;
    const { guid, clock, log } = this.#shared;
    const { host, port } = this.address;
    try {
      this.#beacons = await BeaconSender.open({ destinations, host, port, guid, clock, log });
    } catch (error) {
      log.warning("no beacons can be sent: {message}", { message: asError(error).message });
    }
  }

  #beaconDestinations(): readonly Endpoint[] {
    const { beaconAddressList = [], autoBeaconAddressList = true, searchPort: port = 0 } = this.#options;
    if (!autoBeaconAddressList || port === 0) return beaconAddressList;
    const only = this.#host === "0.0.0.0" || this.#host === "::" ? [] : [this.#host];
    const hosts = this.#isLoopback ? [LOOPBACK_BROADCAST] : broadcastAddresses(only);
    return [...beaconAddressList, ...hosts.map((host) => ({ host, port }))];
  }
}
