import type { Clock } from "../clock.ts";
import { reportOnPicture, type StreamPicture, type StreamStatus, type Viewer } from "../stream/index.ts";
import { STATUS_EVERY_MS, type StatusMessage } from "./protocol.ts";
import type { Socket } from "./socket.ts";

/**
 * The status messages of one socket: one at once, one at each change that the stream tells of (state, reason, size, …) or
 * that a picture brings (its size, region, issues or source, but not its range), and one whenever STATUS_EVERY_MS have passed in silence, with the rates and counts as they stand then.
 */
export class StatusFeed {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #pv: string;
  #viewer: Viewer | undefined;
  #drawn: Pick<StatusMessage, "range" | "picture"> = {};
  #drawnWords = "";
  #owed = false;
  #closed = false;
  #cancelTick: () => void = () => {};
  #unfollow: () => void = () => {};

  constructor(socket: Socket, pv: string, clock: Clock) {
    this.#socket = socket;
    this.#pv = pv;
    this.#clock = clock;
    this.#send();
  }

  /** From now on tells what `viewer` knows; until then, that its PV is being looked for. */
  follow(viewer: Viewer): void {
    if (this.#closed) return;
    this.#viewer = viewer;
    this.#unfollow = viewer.onStatus(() => this.#send());
    this.#send();
  }

  /** Keeps what is to be told of the picture that is sent next. */
  drew(sent: StreamPicture): void {
    const { range, ...picture } = reportOnPicture(sent);
    this.#drawn = { range, picture };
    const words = JSON.stringify(picture);
    if (words === this.#drawnWords) return;
    this.#drawnWords = words;
    this.#send();
  }

  /** To be called when the socket has taken everything: sends what was owed. */
  drained(): void {
    if (this.#owed) this.#send();
  }

  close(): void {
    this.#closed = true;
    this.#cancelTick();
    this.#unfollow();
  }

  /** A socket that has not drained gets no more; it is owed one message, written when it drains. */
  #send(): void {
    if (this.#closed) return;
    this.#cancelTick();
    this.#cancelTick = this.#clock.after(STATUS_EVERY_MS, () => this.#send());
    this.#owed = this.#socket.getBufferedAmount() > 0;
    if (this.#owed) return;
    this.#socket.sendText(JSON.stringify(this.#message()));
  }

  #message(): StatusMessage {
    const status = this.#viewer?.status ?? lookingFor(this.#pv);
    return { type: "status", ...status, ...this.#drawn };
  }
}

/** What is said before there is a stream to ask. */
export function lookingFor(pv: string): StreamStatus {
  return {
    pv,
    state: "connecting",
    reason: `Looking for ${pv}.`,
    cameraFps: 0,
    encodedFps: 0,
    viewers: 0,
    drops: { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 },
  };
}
