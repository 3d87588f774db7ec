import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Viewer } from "../stream/index.ts";
import { closeRefused } from "./close-reason.ts";
import { refusalFrom, type Refusal } from "./refusal.ts";
import type { RunningStreams } from "./running-streams.ts";
import type { Socket, SocketHandlers } from "./socket.ts";
import { SocketPulse } from "./socket-pulse.ts";
import { StatusFeed } from "./status-feed.ts";
import type { Viewing } from "./viewing.ts";

const GOING_AWAY = 1001;
/** With `ack=1`, pictures that may be on their way: one to be decoded while the other is drawn. */
const IN_FLIGHT = 2;

/** What a socket needs besides its viewer. */
export interface PictureSocketDependencies {
  readonly clock: Clock;
  readonly log: Log;
  readonly running: RunningStreams;
}

/** One viewer's WebSocket: each picture a binary message, the newest one whenever the socket has drained. */
export class PictureSocket implements SocketHandlers {
  readonly #viewing: Viewing;
  readonly #openViewer: (signal: AbortSignal) => Promise<Viewer>;
  readonly #dependencies: PictureSocketDependencies;
  readonly #closed = new AbortController();
  #feed: StatusFeed | undefined;
  #pulse: SocketPulse | undefined;
  #viewer: Viewer | undefined;
  #wake: () => void = () => {};
  /** Pictures sent and not acknowledged, where they are to be. */
  #inFlight = 0;

  /** @param openViewer called once the socket is open; what it rejects with becomes the close code and reason */
  constructor(
    viewing: Viewing,
    openViewer: (signal: AbortSignal) => Promise<Viewer>,
    dependencies: PictureSocketDependencies,
  ) {
    this.#viewing = viewing;
    this.#openViewer = openViewer;
    this.#dependencies = dependencies;
  }

  open(socket: Socket): void {
    this.#pulse = new SocketPulse(socket, this.#dependencies.clock);
    if (this.#viewing.status) {
      this.#feed = new StatusFeed(socket, this.#viewing.pv, this.#dependencies.clock);
    }
    void this.#dependencies.running.track(this.#run(socket));
  }

  /** An acknowledgement, whatever it says; of pictures that nobody asked to be acknowledged it is only a sign of life. */
  message(): void {
    this.#pulse?.heard();
    if (this.#inFlight > 0) this.#inFlight--;
    this.#wake();
  }

  pong(): void {
    this.#pulse?.heard();
  }

  drain(): void {
    this.#pulse?.heard();
    this.#feed?.drained();
    this.#wake();
  }

  close(): void {
    this.#pulse?.stop();
    this.#closed.abort();
    this.#viewer?.close();
    this.#feed?.close();
    this.#wake();
  }

  async #run(socket: Socket): Promise<void> {
    try {
      const viewer = await this.#openViewer(this.#closed.signal);
      this.#viewer = viewer;
      if (this.#closed.signal.aborted) viewer.close();
      await this.#sendPictures(socket, viewer);
      socket.close(GOING_AWAY, "The stream has ended.");
    } catch (error) {
      if (!this.#closed.signal.aborted) closeRefused(socket, refusalFrom(error, this.#dependencies.log));
    }
  }

  /** Returns when the viewer or the socket is closed. */
  async #sendPictures(socket: Socket, viewer: Viewer): Promise<void> {
    this.#feed?.follow(viewer);
    for (;;) {
      const picture = await viewer.next();
      if (picture === undefined) return;
      if (!picture.placeholder) this.#feed?.drew(picture);
      socket.sendBinary(picture.jpeg);
      if (this.#viewing.ack) this.#inFlight++;
      // The next picture is chosen when the kernel has taken this one, and the client has acknowledged enough: so none
      // grows old in a queue, neither here nor in front of a page that is busy.
      await this.#until(() => socket.getBufferedAmount() === 0);
      // Who left meanwhile has not taken it, and how long that took says nothing of pictures.
      if (this.#closed.signal.aborted) return;
      viewer.sent(picture, picture.jpeg.byteLength);
      await this.#until(() => this.#inFlight < IN_FLIGHT);
    }
  }

  /** Waits for an event of the socket after which `condition` holds, or which ends it. */
  async #until(condition: () => boolean): Promise<void> {
    while (!this.#closed.signal.aborted && !condition()) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A socket that is closed as soon as it is open, saying why. */
export function refusedSocket(refusal: Refusal): SocketHandlers {
  return {
    open: (socket) => closeRefused(socket, refusal),
    message: () => {},
    pong: () => {},
    drain: () => {},
    close: () => {},
  };
}
