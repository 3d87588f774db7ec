import { createSocket, type Socket } from "node:dgram";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { encodeOriginTag } from "../message/origin-tag.ts";
import { encodeSearch, type Search } from "../message/search.ts";
import type { Endpoint } from "../wire/address.ts";
import { joinBytes } from "../wire/byte-writer.ts";
import { Command } from "../wire/commands.ts";
import { frameMessage } from "../wire/frame.ts";
import type { Sender } from "../wire/header.ts";

/** Servers on one host pass unicast searches on to their neighbours through this group, on loopback (pvxs #31). */
export const LOCAL_GROUP = "224.0.0.128";
/** The interface of that group: nothing of it leaves or enters the host. */
export const LOCAL_INTERFACE = "127.0.0.1";

/** What is passed on are a client's words. */
const AS_CLIENT: Sender = { fromServer: false, bigEndian: false };

/**
 * Passes unicast searches on: of several servers that share a UDP port the system gives a unicast datagram to one alone.
 *
 *     client ──unicast──→ us ──ORIGIN TAG, SEARCH: not unicast any more, answer to the client──→ 224.0.0.128 ──→ neighbours
 *       ↑                 │                                                                                        │
 *       └─────────────────┴────────────────────────────────────────────────────────────────────────────────────────┘
 *
 * There are no loops: what was passed on says no more that it is unicast, and has the tag, and neither is passed on again.
 */
export class Neighbours {
  /** Bound to a port of its own on loopback; tests answer searches from it. */
  readonly socket: Socket;
  readonly #searchPort: number;
  readonly #log: Log;

  private constructor(socket: Socket, searchPort: number, log: Log) {
    this.socket = socket;
    this.#searchPort = searchPort;
    this.#log = log;
    socket.on("error", (error) => log.warning("forwarding socket: {message}", { message: error.message }));
  }

  /** @param searchPort the UDP port the servers share; undefined is given where the system has no multicast on loopback */
  static async open(searchPort: number, log: Log): Promise<Neighbours | undefined> {
    const socket = createSocket("udp4");
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind(0, LOCAL_INTERFACE, () => {
          socket.off("error", reject);
          resolve();
        });
      });
      socket.setMulticastInterface(LOCAL_INTERFACE);
      socket.setMulticastTTL(1);
      return new Neighbours(socket, searchPort, log);
    } catch (error) {
      socket.close();
      log.debug("no searches are passed on to neighbours: {message}", { message: asError(error).message });
      return undefined;
    }
  }

  /** Whether this datagram was sent by `pass`: the group brings it to us as well. */
  isOurs(source: Endpoint): boolean {
    return source.host === LOCAL_INTERFACE && source.port === this.socket.address().port;
  }

  /**
   * Passes a search on.
   * @param answerTo where neighbours are to answer. They believe it, so it must be where we would answer ourselves.
   * @param arrivedAt our address that the client sent it to; undefined where that is not known
   */
  pass(search: Search, answerTo: Endpoint, arrivedAt: string | undefined): void {
    const datagram = joinBytes([
      frameMessage(AS_CLIENT, Command.ORIGIN_TAG, (writer) => encodeOriginTag(writer, arrivedAt)),
      frameMessage(AS_CLIENT, Command.SEARCH, (writer) =>
        encodeSearch(writer, {
          ...search,
          unicast: false,
          replyHost: answerTo.host,
          replyPort: answerTo.port,
        }),
      ),
    ]);
    this.socket.send(datagram, this.#searchPort, LOCAL_GROUP, (error) => {
      if (error) this.#log.debug("search not passed on: {message}", { message: error.message });
    });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }
}
