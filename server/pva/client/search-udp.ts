import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import { asError } from "../errors.ts";
import { encodeSearch, type SearchedChannel } from "../message/search.ts";
import { decodeSearchResponse, type SearchResponse } from "../message/search-response.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { frameMessage } from "../wire/frame.ts";
import { broadcastAddresses, isShared } from "./interfaces.ts";
import type { PvaClientSettings } from "./options.ts";
import type { SearchTransport } from "./search.ts";

/** Names are looked up and interfaces listed anew this often, for both come and go. */
const TARGETS_MS = 1000;

/** Asks for channels by UDP datagrams and hears the answers on the same, ephemeral port. */
export class UdpSearch implements SearchTransport {
  readonly #settings: PvaClientSettings;
  readonly #found: (response: SearchResponse, from: string) => void;
  readonly #socket: Socket;
  readonly #closed = Promise.withResolvers<undefined>();
  #knownTargets: Promise<readonly Endpoint[]> = Promise.resolve([]);
  #targetsAt = -Infinity;
  #ready = false;
  #ended = false;
  /** Datagrams that could not be read. */
  unreadable = 0;

  /** @param found called with each answer, its address filled in */
  constructor(settings: PvaClientSettings, found: (response: SearchResponse, from: string) => void) {
    this.#settings = settings;
    this.#found = found;
    this.#socket = createSocket({ type: "udp4" });
    this.#socket.on("message", (datagram, { address, port }) =>
      this.#received(datagram, { host: address, port }),
    );
    this.#socket.on("error", (error) => {
      settings.log.warning("searching by UDP: {message}", { message: error.message });
    });
    this.#socket.on("close", () => this.#closed.resolve(undefined));
  }

  /** Whether there is anybody to ask. */
  static isWanted({ addressList, autoAddressList }: PvaClientSettings): boolean {
    return autoAddressList || addressList.length > 0;
  }

  /** Binds the socket; `search` does nothing before. */
  start(ready: () => void): void {
    this.#socket.bind(0, () => {
      if (this.#ended) return;
      this.#socket.setBroadcast(true);
      this.#ready = true;
      ready();
    });
  }

  search(channels: readonly SearchedChannel[], sequence: number): void {
    if (this.#ready) void this.#search(channels, sequence);
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#ready = false;
      this.#socket.close();
    }
    await this.#closed.promise;
  }

  async #search(channels: readonly SearchedChannel[], sequence: number): Promise<void> {
    for (const target of await this.#targets()) {
      // pvxs always searches big-endian; servers answer either.
      const datagram = frameMessage({ fromServer: false, bigEndian: true }, Command.SEARCH, (writer) =>
        encodeSearch(writer, {
          sequence,
          replyRequired: false,
          unicast: !isShared(target.host),
          replyHost: undefined,
          replyPort: this.#ready ? this.#socket.address().port : 0,
          protocols: ["tcp"],
          channels,
        }),
      );
      if (this.#ready) this.#send(datagram, target);
    }
  }

  #send(datagram: Uint8Array, target: Endpoint): void {
    this.#socket.send(datagram, target.port, target.host, (error) => {
      if (error === null) return;
      this.#settings.log.debug("search to {target} not sent: {message}", {
        target: endpointName(target),
        message: error.message,
      });
    });
  }

  /** Where to ask, as known now. */
  #targets(): Promise<readonly Endpoint[]> {
    const now = this.#settings.clock.now();
    if (now - this.#targetsAt >= TARGETS_MS) {
      this.#targetsAt = now;
      this.#knownTargets = this.#findTargets();
    }
    return this.#knownTargets;
  }

  async #findTargets(): Promise<readonly Endpoint[]> {
    const { addressList, autoAddressList, broadcastPort, interfaces } = this.#settings;
    const listed = await Promise.all(addressList.map((target) => this.#resolved(target)));
    const automatic = autoAddressList
      ? broadcastAddresses(interfaces).map((host) => ({ host, port: broadcastPort }))
      : [];
    const targets = [...listed.filter((target) => target !== undefined), ...automatic];
    return [...new Map(targets.map((target) => [endpointName(target), target])).values()];
  }

  async #resolved(target: Endpoint): Promise<Endpoint | undefined> {
    if (isIPv4(target.host)) return target;
    try {
      const { address } = await lookup(target.host, { family: 4 });
      return { host: address, port: target.port };
    } catch (error) {
      this.#settings.log.debug("{host} in the address list: {message}", {
        host: target.host,
        message: asError(error).message,
      });
      return undefined;
    }
  }

  #received(datagram: Uint8Array, from: Endpoint): void {
    if (this.#ended || from.port === 0) return;
    try {
      for (const { header, payload } of decodeDatagram(datagram)) {
        if (!header.fromServer || header.command !== Command.SEARCH_RESPONSE) continue;
        const response = decodeSearchResponse(new ByteReader(payload, header.bigEndian));
        this.#found({ ...response, host: response.host ?? from.host }, endpointName(from));
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
