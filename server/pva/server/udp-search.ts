import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { decodeOriginTag } from "../message/origin-tag.ts";
import { decodeSearch, type Search } from "../message/search.ts";
import type { Endpoint } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
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
  readonly log: Log;
}

/** Answers searches and pings on UDP. */
export class UdpSearch {
  readonly #options: UdpSearchOptions;
  readonly #socket: Socket;

  private constructor(options: UdpSearchOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
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
    const fromHere = isOwnAddress(source.host);
    if (source.port === 0 || (this.#options.loopbackOnly && !fromHere)) return;
    try {
      for (const { header, payload } of decodeDatagram(datagram)) {
        const reader = new ByteReader(payload, header.bigEndian);
        // Its tag says only where a forwarded search entered the host; the search names where to answer itself.
        if (header.command === Command.ORIGIN_TAG) decodeOriginTag(reader);
        else if (header.command === Command.SEARCH) this.#answer(decodeSearch(reader), source, fromHere);
      }
    } catch (error) {
      this.#options.log.debug("datagram from {host}: {message}", {
        host: source.host,
        message: asError(error).message,
      });
    }
  }

  /**
   * Answers to the sender's address, whatever address the search names: else anybody could make us write to others.
   * Only a neighbour on this host, who passes searches on, is believed.
   */
  #answer(search: Search, source: Endpoint, fromHere: boolean): void {
    const answer = answerSearch(search, this.#options.server);
    if (answer === undefined) return;
    const host = fromHere && search.replyHost !== undefined ? search.replyHost : source.host;
    const port = search.replyPort === 0 ? source.port : search.replyPort;
    this.#socket.send(answer, port, host, (error) => {
      if (error)
        this.#options.log.debug("search answer to {host}: {message}", { host, message: error.message });
    });
  }
}

/** Best effort: without it only those clients miss us whose unicast another server of this host received. */
function joinLocalGroup(socket: Socket, log: Log): void {
  try {
    socket.addMembership(LOCAL_GROUP, LOOPBACK);
  } catch (error) {
    log.debug("no searches forwarded by neighbours: {message}", { message: asError(error).message });
  }
}

function isOwnAddress(host: string): boolean {
  if (host.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some(
    (list) => list?.some(({ address }) => address === host) ?? false,
  );
}
