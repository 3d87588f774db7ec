import { DecodeContext } from "../data/decode-context.ts";
import { TypeRegistry } from "../data/type-registry.ts";
import { decodeBeacon } from "../message/beacon.ts";
import { type Endpoint, endpointName } from "../wire/address.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import { Command } from "../wire/commands.ts";
import { decodeDatagram } from "../wire/datagram.ts";
import { BeaconSockets } from "./beacon-sockets.ts";
import type { PvaClientSettings } from "./options.ts";

/** Servers remembered; forged beacons cannot make us remember more (pvxs). */
const MAX_SERVERS = 20_000;
/** A server that has been silent this long is forgotten: two of the longest beacon periods (pvxs). */
const FORGET_MS = 360_000;
/** All searches are hurried no more often than this, whatever beacons come (pvxs). */
const SHORTEST_PAUSE_MS = 30_000;

/** What beacons tell. */
export interface BeaconEvents {
  /** This server (`host:port`) was not there, or has been restarted. */
  appeared(server: string): void;
  /** Some servers have appeared: it is time to ask for everything once more. */
  hurry(): void;
}

/** Hears servers that have just started, so that channels whose search has slowed down to 30 s are found at once. */
export class BeaconListener {
  readonly #settings: PvaClientSettings;
  readonly #events: BeaconEvents;
  readonly #sockets: BeaconSockets;
  /** Servers by address; the longest silent first. */
  readonly #servers = new Map<string, { readonly guid: string; readonly heardAt: number }>();
  #lastHurry = -Infinity;
  #cancelHurry: () => void = () => undefined;

  constructor(settings: PvaClientSettings, events: BeaconEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#sockets = new BeaconSockets(settings, (datagram, from) => this.#received(datagram, from));
  }

  async close(): Promise<void> {
    this.#cancelHurry();
    await this.#sockets.close();
  }

  #received(datagram: Uint8Array, from: string): void {
    this.#settings.observer?.datagram("received", from, datagram);
    for (const { header, payload } of decodeDatagram(datagram)) {
      if (header.command !== Command.BEACON || !header.fromServer) continue;
      const reader = new ByteReader(payload, header.bigEndian);
      const beacon = decodeBeacon(new DecodeContext(reader, new TypeRegistry()));
      if (beacon.protocol !== "tcp") continue;
      this.#heard({ host: beacon.host ?? from, port: beacon.port }, beacon.guid.join());
    }
  }

  #heard(endpoint: Endpoint, guid: string): void {
    const server = endpointName(endpoint);
    const now = this.#settings.clock.now();
    for (const [silent, { heardAt }] of this.#servers) {
      if (now - heardAt < FORGET_MS && this.#servers.size < MAX_SERVERS) break;
      this.#servers.delete(silent);
    }
    const known = this.#servers.get(server);
    this.#servers.delete(server);
    this.#servers.set(server, { guid, heardAt: now });
    if (known?.guid === guid) return;
    this.#events.appeared(server);
    this.#hurrySoon();
  }

  #hurrySoon(): void {
    const { clock } = this.#settings;
    const waitMs = Math.max(0, this.#lastHurry + SHORTEST_PAUSE_MS - clock.now());
    this.#cancelHurry();
    this.#cancelHurry = clock.after(waitMs, () => {
      this.#lastHurry = clock.now();
      this.#events.hurry();
    });
  }
}
