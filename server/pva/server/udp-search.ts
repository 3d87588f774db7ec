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
import type { Listening } from "./listening.ts";
import { Neighbours } from "./neighbours.ts";
import { RateLimit } from "./rate-limit.ts";
import { answerSearch, type SearchedServer } from "./search-answer.ts";
import { type SearchPlace, SearchSockets } from "./search-sockets.ts";

export interface UdpSearchOptions {
  /** UDP port; 5076 by custom, shared with other PVA servers of the host; 0 for any free one. */
  readonly port: number;
  readonly listening: Listening;
  /** Searches from here are not answered; port 0 for any. */
  readonly ignored: readonly Endpoint[];
  readonly server: SearchedServer;
  readonly clock: Clock;
  readonly log: Log;
}

/** A search as it arrived. */
interface Arrival {
  readonly source: Endpoint;
  /** Our address it was sent to, as far as that is known. */
  readonly at: string | undefined;
  /** A neighbour on this host has passed it on. */
  readonly forwarded: boolean;
  /** Only we have it: our neighbours have not. */
  readonly unicast: boolean;
}

/** Answers searches and pings on UDP, and passes those on that neighbours on this host do not hear. */
export class UdpSearch {
  readonly #options: UdpSearchOptions;
  readonly #networks: LocalNetworks;
  readonly #rate: RateLimit;
  #sockets: SearchSockets | undefined;
  #neighbours: Neighbours | undefined;
  #warnedAt = -Infinity;

  private constructor(options: UdpSearchOptions) {
    this.#options = options;
    this.#networks = new LocalNetworks(options.clock);
    this.#rate = new RateLimit(options.clock, {
      perSource: SEARCHES_PER_SOURCE,
      total: SEARCHES_IN_ALL,
      maxSources: MAX_SEARCH_SOURCES,
    });
  }

  /** Binds the port on every interface; rejects where another process keeps it for itself. */
  static async open(options: UdpSearchOptions): Promise<UdpSearch> {
    const search = new UdpSearch(options);
    search.#sockets = await SearchSockets.open(
      options.port,
      options.listening,
      (place, datagram, source) => search.#received(place, datagram, source),
      options.log,
    );
    search.#neighbours = await Neighbours.open(search.port, options.log);
    return search;
  }

  /** The port bound. */
  get port(): number {
    return this.#sockets?.port ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all([this.#sockets?.close(), this.#neighbours?.close()]);
  }

  #received(place: SearchPlace, datagram: Uint8Array, source: Endpoint): void {
    if (source.port === 0 || this.#neighbours?.isOurs(source) === true) return;
    try {
      let tag: { readonly address: string | undefined } | undefined;
      for (const { header, payload } of decodeDatagram(datagram)) {
        const reader = new ByteReader(payload, header.bigEndian);
        if (header.command === Command.ORIGIN_TAG) tag = { address: decodeOriginTag(reader) };
        else if (header.command === Command.SEARCH)
          this.#searched(decodeSearch(reader), this.#arrival(place, source, tag));
      }
    } catch (error) {
      this.#options.log.debug("datagram from {host}: {message}", {
        host: source.host,
        message: asError(error).message,
      });
    }
  }

  /** What is known of how a search came here. A tag is believed of this host alone: nobody else may pass searches on. */
  #arrival(
    { reach, address }: SearchPlace,
    source: Endpoint,
    tag: { readonly address: string | undefined } | undefined,
  ): Arrival {
    const mayForward = (reach === "neighbours" || reach === "wildcard") && this.#networks.isOwn(source.host);
    const forwarded = reach === "neighbours" || (tag !== undefined && mayForward);
    const at = forwarded ? tag?.address : (address ?? this.#networks.addressFacing(source.host));
    return { source, at, forwarded, unicast: !forwarded && (reach === "wildcard" || reach === "address") };
  }

  #searched(search: Search, arrival: Arrival): void {
    const { source, at, forwarded, unicast } = arrival;
    // Without a name of its own a forward asks for answers to the neighbour, which has nothing to do with them (pvxs).
    if (forwarded && (search.replyHost === undefined || !this.#networks.isOwn(source.host))) return;
    const answerTo = replyEndpoint(search, source, this.#networks);
    const seeker = forwarded ? answerTo : source;
    if (search.channels.length > MAX_SEARCHED_NAMES || !this.#rate.allows(seeker.host)) {
      this.#warn(seeker.host);
      return;
    }
    if (unicast && search.unicast) this.#neighbours?.pass(search, answerTo, at);
    if (!this.#isIgnored(seeker)) this.#answer(search, answerTo, at);
  }

  #answer(search: Search, { host, port }: Endpoint, arrivedAt: string | undefined): void {
    const answer = answerSearch(search, this.#options.server, false);
    if (answer === undefined) return;
    const { fromOtherPort } = this.#options.server.searchDialect;
    const socket = fromOtherPort
      ? this.#neighbours?.socket
      : this.#sockets?.answering(host, arrivedAt, this.#networks);
    socket?.send(answer, port, host, (error) => {
      if (error)
        this.#options.log.debug("search answer to {host}: {message}", { host, message: error.message });
    });
  }

  #isIgnored(seeker: Endpoint): boolean {
    return this.#options.ignored.some(
      ({ host, port }) => host === seeker.host && (port === 0 || port === seeker.port),
    );
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
