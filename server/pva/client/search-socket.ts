import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { asError } from "../errors.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import type { Log } from "../log.ts";
import type { Destination } from "./search-targets.ts";

/**
 * A UDP socket on a port of its own, from which searches go out and on which their answers come. TTL and interface belong
 * to a socket and not to a datagram, so that each pair of them has one.
 */
export class SearchSocket {
  readonly #socket: Socket;
  readonly #log: Log;
  readonly #closed = Promise.withResolvers<undefined>();
  #ended = false;
  /** Our port, once there is one; undefined where the system does not allow such a socket. */
  readonly port: Promise<number | undefined>;

  /** @param received called with each datagram and its sender */
  constructor(
    { host, ttl, via }: Pick<Destination, "host" | "ttl" | "via">,
    log: Log,
    received: (datagram: Uint8Array, from: Endpoint) => void,
  ) {
    this.#log = log;
    const six = isIPv6(host);
    this.#socket = createSocket(six ? { type: "udp6", ipv6Only: true } : { type: "udp4" });
    this.#socket.on("message", (datagram, from) => {
      if (!this.#ended) received(datagram, { host: from.address, port: from.port });
    });
    this.#socket.on("close", () => this.#closed.resolve(undefined));
    this.port = new Promise((resolve) => {
      const failed = (error: unknown): void => {
        log.debug("no socket to search {host} from: {message}", { host, message: asError(error).message });
        resolve(undefined);
      };
      this.#socket.on("error", failed);
      this.#socket.bind(0, six ? "::" : "0.0.0.0", () => {
        if (this.#ended) {
          resolve(undefined);
          return;
        }
        try {
          if (!six) this.#socket.setBroadcast(true);
          if (ttl !== undefined) this.#socket.setMulticastTTL(ttl);
          // An IPv6 group brings its interface with it.
          if (!six && via !== undefined) this.#socket.setMulticastInterface(via);
          resolve(this.#socket.address().port);
        } catch (error) {
          failed(error);
        }
      });
    });
  }

  /** Which destinations one socket may serve: those for which this is the same. */
  static keyOf({ host, ttl, via }: Destination): string {
    return `${isIPv6(host) ? 6 : 4} ${ttl} ${via}`;
  }

  /** Sends if the system takes it; what it does not take is asked again anyway. */
  send(datagram: Uint8Array, target: Endpoint): void {
    if (this.#ended) return;
    this.#socket.send(datagram, target.port, target.host, (error) => {
      if (error === null) return;
      this.#log.debug("search to {target} not sent: {message}", {
        target: endpointName(target),
        message: error.message,
      });
    });
  }

  /** Resolves when the socket is gone. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#socket.close();
    }
    await this.#closed.promise;
  }
}
