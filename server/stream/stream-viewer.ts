import type { Clock } from "../clock.ts";
import type { PictureNotes } from "./picture.ts";
import { type Drops, RateMeter } from "./statistics.ts";
import type { ClientNote, StreamStatus, ViewerReport } from "./status.ts";
import { isExtra } from "./tally.ts";
import type { ViewerMailbox } from "./viewer-mailbox.ts";
import type { Watching } from "./viewer.ts";

/** What a viewer's handle needs of its stream. */
export interface ViewerHost {
  readonly clock: Clock;
  status(): StreamStatus;
  /** Calls `task` after each change until the function returned is called. */
  onChange(task: () => void): () => void;
  /** The viewer's socket has taken `bytes` for `picture`. */
  sent(picture: PictureNotes, bytes: number): void;
  /** The viewer is gone; called once. */
  left(): void;
}

/** The handle that a stream gives to those who watch it. */
export class StreamViewer<Picture extends PictureNotes> implements Watching<Picture> {
  readonly #id: number;
  readonly #client: ClientNote | undefined;
  readonly #mailbox: ViewerMailbox<Picture>;
  readonly #host: ViewerHost;
  readonly #openedAt: number;
  readonly #rate = new RateMeter();
  readonly #ends = new Set<() => void>();
  #pictures = 0;
  #bytesOut = 0;
  #closed = false;

  /**
   * @param id told from all others by it
   * @param client who it is, where that is known
   */
  constructor(id: number, client: ClientNote | undefined, mailbox: ViewerMailbox<Picture>, host: ViewerHost) {
    this.#id = id;
    this.#client = client;
    this.#mailbox = mailbox;
    this.#host = host;
    this.#openedAt = host.clock.wallTime();
  }

  get status(): StreamStatus {
    return this.#host.status();
  }

  get drops(): Readonly<Drops> {
    return this.#mailbox.drops;
  }

  get report(): ViewerReport {
    return {
      id: this.#id,
      ...this.#client,
      openedAt: this.#openedAt,
      fps: Math.round(1e6 / this.#mailbox.interval) / 1000,
      outFps: this.#rate.rate(this.#host.clock.now()),
      pictures: this.#pictures,
      bytesOut: this.#bytesOut,
      drops: { ...this.drops },
    };
  }

  next(options?: { readonly repeatAfterMs?: number }): Promise<Picture | undefined> {
    return this.#mailbox.next(options);
  }

  get waiting(): boolean {
    return this.#mailbox.waiting;
  }

  withdraw(): void {
    this.#mailbox.withdraw();
  }

  sent(picture: Picture, bytes: number): void {
    this.#bytesOut += bytes;
    this.#host.sent(picture, bytes);
    if (isExtra(picture)) return;
    this.#pictures++;
    this.#rate.mark(this.#host.clock.now());
  }

  onStatus(task: (status: StreamStatus) => void): () => void {
    const end = this.#host.onChange(() => task(this.status));
    this.#ends.add(end);
    return () => {
      this.#ends.delete(end);
      end();
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.#mailbox.close();
    this.#host.left();
  }
}
