import { createSocket, type Socket } from "node:dgram";
import { AnyValue } from "../data/value.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { encodeBeacon } from "../message/beacon.ts";
import type { Endpoint } from "../wire/address.ts";
import { Command } from "../wire/commands.ts";
import { frameMessage } from "../wire/frame.ts";
import { SENDER } from "./sender.ts";

/** A server that has just started is announced often, for clients are waiting for it; pvxs's numbers. */
const EAGER_BEACONS = 10;
const EAGER_PERIOD_MS = 15_000;
const STEADY_PERIOD_MS = 180_000;

export interface BeaconOptions {
  /** Where beacons go; broadcast and multicast addresses as well. */
  readonly destinations: readonly Endpoint[];
  /** Address to send from: clients connect to the address a beacon comes from. */
  readonly host: string;
  /** The TCP port announced. */
  readonly port: number;
  readonly guid: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

/** Says every now and then that the server is there, so that clients search for what they miss at once. */
export class BeaconSender {
  readonly #options: BeaconOptions;
  readonly #socket: Socket;
  #sent = 0;
  #cancelTimer: () => void = () => undefined;

  private constructor(options: BeaconOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on("error", (error) =>
      options.log.warning("beacon socket: {message}", { message: error.message }),
    );
    this.#send();
  }

  /** Sends the first beacon; rejects where there can be no socket. */
  static async open(options: BeaconOptions): Promise<BeaconSender> {
    const socket = createSocket({ type: "udp4" });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(0, options.host, () => {
        socket.off("error", reject);
        resolve();
      });
    });
    socket.setBroadcast(true);
    return new BeaconSender(options, socket);
  }

  /** Ends socket and timer. */
  async close(): Promise<void> {
    this.#cancelTimer();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #send(): void {
    const { destinations, guid, port, clock, log } = this.#options;
    const beacon = frameMessage(SENDER, Command.BEACON, (writer) =>
      encodeBeacon(writer, {
        guid,
        flags: 0,
        sequence: this.#sent & 0xff,
        // Names may be made on demand, so there is no list whose changes could be counted.
        changeCount: 0,
        host: undefined,
        port,
        protocol: "tcp",
        serverStatus: new AnyValue(),
      }),
    );
    for (const { host, port: to } of destinations)
      this.#socket.send(beacon, to, host, (error) => {
        if (error) log.debug("beacon to {host}: {message}", { host, message: error.message });
      });
    this.#sent++;
    const wait = this.#sent < EAGER_BEACONS ? EAGER_PERIOD_MS : STEADY_PERIOD_MS;
    this.#cancelTimer = clock.after(wait, () => this.#send());
  }
}
