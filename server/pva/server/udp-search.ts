import { createSocket, type Socket } from "node:dgram";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { decodeOriginTag } from "../message/origin-tag.ts";
import { decodeSearch, type Search } from "../message/search.ts";
import type { Endpoint } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import {
  MAX_SEARCH_SOURCES,
  MAX_SEARCHED_NAMES,
  SEARCHES_IN_ALL,
  SEARCHES_PER_SOURCE,
  WARNING_INTERVAL_MS,
} from "./limits.ts";
import { isUnicast, LocalNetworks } from "./local-networks.ts";
import { RateLimit } from "./rate-limit.ts";
import { answerSearch, type SearchedServer } from "./search-answer.ts";

/** Servers on one host pass unicast searches on to their neighbours through this group (pvxs #31). */
const LOCAL_GROUP = "224.0.0.128";
const LOOPBACK = "127.0.0.1";

export interface UdpSearchOptions {
  /** UDP port; 5076 by custom, shared with other PVA servers of the host; 0 for any free one. */
  readonly port: number;
  /** Answer only searches that come from this host. */
  readonly loopbackOnly: boolean;
  readonly server: SearchedServer;
  readonly clock: Clock;
  readonly log: Log;
}

/** Answers searches and pings on UDP. */
export class UdpSearch {
  readonly #options: UdpSearchOptions;
  readonly #socket: Socket;
  readonly #networks: LocalNetworks;
  readonly #rate: RateLimit;
  #warnedAt = -Infinity;

  private constructor(options: UdpSearchOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#networks = new LocalNetworks(options.clock);
    this.#rate = new RateLimit(options.clock, {
      perSource: SEARCHES_PER_SOURCE,
      total: SEARCHES_IN_ALL,
      maxSources: MAX_SEARCH_SOURCES,
    });
    socket.on("message", (datagram, source) =>
      this.#received(datagram, { host: source.address, port: source.port }),
    );
    socket.on("error", (error) =>
      options.log.warning("search socket: {message}", { message: error.message }),
    );
  }

  /** Binds the port; rejects where another process keeps it for itself. */
  static async open(options: UdpSearchOptions): Promise<UdpSearch> {
    // reuseAddr is what lets several servers of one host share the port; Bun.udpSocket has no such option.
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      // On all addresses, for a socket bound to one address hears no broadcasts.
      socket.bind(options.port, "0.0.0.0", () => {
        socket.off("error", reject);
        resolve();
      });
    });
    joinLocalGroup(socket, options.log);
    return new UdpSearch(options, socket);
  }

  /** The port bound. */
  get port(): number {
    return this.#socket.address().port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #received(datagram: Uint8Array, source: Endpoint): void {
    if (source.port === 0 || (this.#options.loopbackOnly && !this.#networks.isOwn(source.host))) return;
    try {
      for (const { header, payload } of decodeDatagram(datagram)) {
        const reader = new ByteReader(payload, header.bigEndian);
        // Its tag says only where a forwarded search entered the host; the search names where to answer itself.
        if (header.command === Command.ORIGIN_TAG) decodeOriginTag(reader);
        else if (header.command === Command.SEARCH) this.#answer(decodeSearch(reader), source);
      }
    } catch (error) {
      this.#options.log.debug("datagram from {host}: {message}", {
        host: source.host,
        message: asError(error).message,
      });
    }
  }

  #answer(search: Search, source: Endpoint): void {
    if (search.channels.length > MAX_SEARCHED_NAMES || !this.#rate.allows(source.host)) {
      this.#warn(source.host);
      return;
    }
    const answer = answerSearch(search, this.#options.server);
    if (answer === undefined) return;
    const { host, port } = replyEndpoint(search, source, this.#networks);
    this.#socket.send(answer, port, host, (error) => {
      if (error)
        this.#options.log.debug("search answer to {host}: {message}", { host, message: error.message });
    });
  }

  #warn(host: string): void {
    const now = this.#options.clock.now();
    if (now - this.#warnedAt < WARNING_INTERVAL_MS) return;
    this.#warnedAt = now;
    this.#options.log.warning("{host} searches for too many names at once, some are not answered", { host });
  }
}

/**
 * Where a search is answered. It may name any address, and whoever believes that can be made to write to others: so an
 * address named is taken only from this host (a neighbour that passes searches on), or if it stands in one network with
 * the sender and us; otherwise the answer goes to where the search came from. Never to many machines at once.
 */
export function replyEndpoint(search: Search, source: Endpoint, networks: LocalNetworks): Endpoint {
  const named = search.replyHost;
  const isBelieved =
    named !== undefined &&
    isUnicast(named) &&
    (networks.isOwn(source.host) || networks.isNeighbour(named, source.host));
  return {
    host: isBelieved ? named : source.host,
    port: search.replyPort === 0 ? source.port : search.replyPort,
  };
}

/** Best effort: without it only those clients miss us whose unicast another server of this host received. */
function joinLocalGroup(socket: Socket, log: Log): void {
  try {
    socket.addMembership(LOCAL_GROUP, LOOPBACK);
  } catch (error) {
    log.debug("no searches forwarded by neighbours: {message}", { message: asError(error).message });
  }
}
