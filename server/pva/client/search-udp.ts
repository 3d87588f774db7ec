import { asError } from "../errors.ts";
import { encodeSearch, type SearchedChannel } from "../message/search.ts";
import { decodeSearchResponse, type SearchResponse } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { frameMessage } from "../wire/frame.ts";
import type { PvaClientSettings } from "./options.ts";
import type { SearchTransport } from "./search.ts";
import { SearchSocket } from "./search-socket.ts";
import { type Destination, SearchTargets } from "./search-targets.ts";

/** Asks for channels by UDP datagrams and hears the answers on the ports they came from. */
export class UdpSearch implements SearchTransport {
  readonly #settings: PvaClientSettings;
  readonly #found: (response: SearchResponse, from: string) => void;
  readonly #targets: SearchTargets;
  readonly #sockets = new Map<string, SearchSocket>();
  #ended = false;
  /** Datagrams that could not be read. */
  unreadable = 0;

  /** @param found called with each answer, its address filled in */
  constructor(settings: PvaClientSettings, found: (response: SearchResponse, from: string) => void) {
    this.#settings = settings;
    this.#found = found;
    this.#targets = new SearchTargets(settings);
  }

  /** Whether there is anybody to ask. */
  static isWanted({ addressList, autoAddressList }: PvaClientSettings): boolean {
    return autoAddressList || addressList.length > 0;
  }

  search(channels: readonly SearchedChannel[], sequence: number): void {
    void this.#search(channels, sequence);
  }

  async close(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#sockets.values()].map((socket) => socket.close()));
  }

  async #search(channels: readonly SearchedChannel[], sequence: number): Promise<void> {
    for (const target of await this.#targets.now()) {
      const socket = this.#socketFor(target);
      if (socket === undefined) return;
      const replyPort = await socket.port;
      if (replyPort === undefined) {
        this.#giveUp(target, socket);
        continue;
      }
      // pvxs always searches big-endian; servers answer either.
      const datagram = frameMessage({ fromServer: false, bigEndian: true }, Command.SEARCH, (writer) =>
        encodeSearch(writer, {
          sequence,
          replyRequired: false,
          unicast: !target.shared,
          replyHost: undefined,
          replyPort,
          protocols: ["tcp"],
          channels,
        }),
      );
      this.#settings.observer?.datagram("sent", endpointName(target), datagram);
      socket.send(datagram, target);
    }
  }

  #socketFor(target: Destination): SearchSocket | undefined {
    if (this.#ended) return undefined;
    const key = SearchSocket.keyOf(target);
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    const socket = new SearchSocket(target, this.#settings.log, (datagram, from) =>
      this.#received(datagram, from),
    );
    this.#sockets.set(key, socket);
    return socket;
  }

  /** An interface may have gone, and be back when the next search comes. */
  #giveUp(target: Destination, socket: SearchSocket): void {
    const key = SearchSocket.keyOf(target);
    if (this.#sockets.get(key) === socket) this.#sockets.delete(key);
    void socket.close();
  }

  #received(datagram: Uint8Array, from: Endpoint): void {
    if (this.#ended || from.port === 0) return;
    this.#settings.observer?.datagram("received", endpointName(from), datagram);
    try {
      for (const { header, payload } of decodeDatagram(datagram)) {
        if (!header.fromServer || header.command !== Command.SEARCH_RESPONSE) continue;
        const response = decodeSearchResponse(new ByteReader(payload, header.bigEndian));
        this.#found({ ...response, host: hostOf(response, from) }, endpointName(from));
      }
    } catch (error) {
      this.unreadable++;
      this.#settings.log.debug("unreadable datagram from {from}: {message}", {
        from: endpointName(from),
        message: asError(error).message,
      });
    }
  }
}

/** Where an answer says the server is; "any" is its sender, and so is the interface of a link-local address without one. */
function hostOf({ host }: SearchResponse, from: Endpoint): string {
  if (host === undefined) return from.host;
  const zone = /%.*$/u.exec(from.host)?.[0] ?? "";
  return /^fe[89ab]/iu.test(host) ? `${host}${zone}` : host;
}
