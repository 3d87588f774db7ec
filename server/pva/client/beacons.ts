import { createSocket, type Socket } from "node:dgram";
import { DecodeContext } from "../data/decode-context.ts";
import { TypeRegistry } from "../data/type-registry.ts";
import { asError } from "../errors.ts";
import { decodeBeacon } from "../message/beacon.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { broadcastAddresses } from "./interfaces.ts";
import type { PvaClientSettings } from "./options.ts";

/** Servers remembered; forged beacons cannot make us remember more (pvxs). */
const MAX_SERVERS = 20_000;
/** Searches are hurried no more often than this, whatever beacons come. */
const SHORTEST_PAUSE_MS = 1000;

/**
 * Hears servers that have just started, so that channels whose search has slowed down to 30 s are found at once.
 *
 * Binds the broadcast port on each interface's *broadcast* address. Bound to all addresses it would take the unicast
 * searches meant for PVA servers on this host, for the kernel gives those to the last socket bound. Where the system does
 * not allow this (it is a habit of Linux), or the port is not shared, searches only take longer.
 */
export class BeaconListener {
  readonly #settings: PvaClientSettings;
  readonly #hurry: () => void;
  readonly #sockets: readonly Socket[];
  readonly #closed: readonly Promise<void>[];
  /** Server id by address; the longest silent first. */
  readonly #guids = new Map<string, string>();
  #lastHurry = -Infinity;
  #cancelHurry: () => void = () => undefined;
  #ended = false;

  /** @param hurry called when a server appears that was not there, or has been restarted */
  constructor(settings: PvaClientSettings, hurry: () => void) {
    this.#settings = settings;
    this.#hurry = hurry;
    this.#sockets = broadcastAddresses(settings.interfaces).map((address) => this.#listen(address));
    this.#closed = this.#sockets.map(
      (socket) => new Promise((resolve) => socket.once("close", () => resolve())),
    );
  }

  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#cancelHurry();
      for (const socket of this.#sockets) socket.close();
    }
    await Promise.all(this.#closed);
  }

  #listen(address: string): Socket {
    const socket = createSocket({ type: "udp4", reuseAddr: true });
    socket.on("error", (error) => {
      this.#settings.log.debug("no beacons on {address}: {message}", { address, message: error.message });
    });
    socket.on("message", (datagram, from) => {
      try {
        this.#received(datagram, from.address);
      } catch (error) {
        this.#settings.log.debug("unreadable datagram from {host}: {message}", {
          host: from.address,
          message: asError(error).message,
        });
      }
    });
    socket.bind(this.#settings.broadcastPort, address);
    return socket;
  }

  #received(datagram: Uint8Array, from: string): void {
    if (this.#ended) return;
    for (const { header, payload } of decodeDatagram(datagram)) {
      if (header.command !== Command.BEACON || !header.fromServer) continue;
      const reader = new ByteReader(payload, header.bigEndian);
      const beacon = decodeBeacon(new DecodeContext(reader, new TypeRegistry()));
      const server = `${beacon.host ?? from} ${beacon.port} ${beacon.protocol}`;
      const guid = beacon.guid.join();
      const known = this.#guids.get(server);
      this.#guids.delete(server);
      this.#guids.set(server, guid);
      if (this.#guids.size > MAX_SERVERS) this.#guids.delete(this.#guids.keys().next().value!);
      if (known !== guid) this.#hurrySoon();
    }
  }

  #hurrySoon(): void {
    const { clock } = this.#settings;
    const waitMs = Math.max(0, this.#lastHurry + SHORTEST_PAUSE_MS - clock.now());
    this.#cancelHurry();
    this.#cancelHurry = clock.after(waitMs, () => {
      this.#lastHurry = clock.now();
      this.#hurry();
    });
  }
}
