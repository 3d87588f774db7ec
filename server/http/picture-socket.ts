import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Viewer } from "../stream/index.ts";
import { refusalFrom, type Refusal } from "./refusal.ts";
import type { RunningStreams } from "./running-streams.ts";
import type { Socket, SocketHandlers } from "./socket.ts";
import { StatusFeed } from "./status-feed.ts";
import type { Viewing } from "./viewing.ts";

/** RFC 6455, 5.5: a control frame has 125 bytes, two of them the code. */
const LONGEST_REASON = 123;
const GOING_AWAY = 1001;

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
  #viewer: Viewer | undefined;
  #wake: () => void = () => {};

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
    if (this.#viewing.status) {
      this.#feed = new StatusFeed(socket, this.#viewing.pv, this.#dependencies.clock);
    }
    void this.#dependencies.running.track(this.#run(socket));
  }

  drain(): void {
    this.#feed?.drained();
    this.#wake();
  }

  close(): void {
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
      if (!this.#closed.signal.aborted) refuse(socket, refusalFrom(error, this.#dependencies.log));
    }
  }

  /** Returns when the viewer or the socket is closed. */
  async #sendPictures(socket: Socket, viewer: Viewer): Promise<void> {
    this.#feed?.follow(viewer);
    for (;;) {
      await this.#drained(socket);
      const picture = await viewer.next();
      if (picture === undefined) return;
      this.#feed?.drew(picture);
      socket.sendBinary(picture.jpeg);
    }
  }

  /** Waits until the kernel has taken all that was sent: the picture is chosen after that, so none grows old in a queue. */
  async #drained(socket: Socket): Promise<void> {
    while (!this.#closed.signal.aborted && socket.getBufferedAmount() > 0) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** A socket that is closed as soon as it is open, saying why. */
export function refusedSocket(refusal: Refusal): SocketHandlers {
  return { open: (socket) => refuse(socket, refusal), drain: () => {}, close: () => {} };
}

function refuse(socket: Socket, refusal: Refusal): void {
  socket.close(refusal.closeCode, closeReason(refusal.message));
}

/** As much of `message` as a close frame holds, cut between characters and marked as cut. */
function closeReason(message: string): string {
  if (Buffer.byteLength(message) <= LONGEST_REASON) return message;
  let reason = "";
  for (const character of message) {
    if (Buffer.byteLength(reason + character) > LONGEST_REASON - Buffer.byteLength("…")) break;
    reason += character;
  }
  return `${reason}…`;
}
