import type { PictureNotes, StreamStatus, ViewerReport, Watching } from "../../stream/index.ts";
import type { StatusMessage, ViewFormat } from "../protocol.ts";

/** What a state says of the newest picture. */
export interface Drawn {
  readonly told: Pick<StatusMessage, "range" | "picture">;
  /** All of it but the range, which changes with each picture, as one text. */
  readonly words: string;
}

/** One picture on its way to one socket. */
export interface Parcel {
  /** Of its frame; what is acknowledged. */
  readonly sequence: number;
  /** What a state says of it. */
  readonly drawn: Drawn;
  /** The binary message, to be sent at once: it may be written to when the same picture is sent to somebody else. */
  message(): Uint8Array;
  /** To be called when the socket has taken all of it, `bytes`; returns its age then, milliseconds since the IOC made it. */
  taken(bytes: number): number;
}

/** A PV as one view of a socket shows it at present: a viewer, and how its pictures become messages. */
export interface Feed {
  readonly pv: string;
  readonly format: ViewFormat;
  /** The stream number in the headers of its messages. */
  readonly stream: number;
  readonly status: StreamStatus;
  readonly report: ViewerReport;
  /** See Watching. */
  readonly waiting: boolean;
  next(): Promise<Parcel | undefined>;
  withdraw(): void;
  onStatus(task: () => void): () => void;
  /** Ends the viewer and gives its number back. */
  close(): void;
}

/** How the pictures of a viewer become messages. */
export interface Wrapping<Picture> {
  readonly pv: string;
  readonly format: ViewFormat;
  readonly stream: number;
  message(picture: Picture): Uint8Array;
  drawn(picture: Picture): Drawn;
  age(picture: Picture): number;
  giveBack(): void;
}

/** Joins a viewer and the wrapping of its pictures. */
export class ViewerFeed<Picture extends PictureNotes> implements Feed {
  readonly #viewer: Watching<Picture>;
  readonly #wrapping: Wrapping<Picture>;
  #closed = false;

  constructor(viewer: Watching<Picture>, wrapping: Wrapping<Picture>) {
    this.#viewer = viewer;
    this.#wrapping = wrapping;
  }

  get pv(): string {
    return this.#wrapping.pv;
  }

  get format(): ViewFormat {
    return this.#wrapping.format;
  }

  get stream(): number {
    return this.#wrapping.stream;
  }

  get status(): StreamStatus {
    return this.#viewer.status;
  }

  get report(): ViewerReport {
    return this.#viewer.report;
  }

  get waiting(): boolean {
    return this.#viewer.waiting;
  }

  async next(): Promise<Parcel | undefined> {
    const picture = await this.#viewer.next();
    if (picture === undefined) return undefined;
    const [viewer, wrapping] = [this.#viewer, this.#wrapping];
    return {
      sequence: picture.sequence,
      drawn: wrapping.drawn(picture),
      message: () => wrapping.message(picture),
      taken(bytes) {
        viewer.sent(picture, bytes);
        return wrapping.age(picture);
      },
    };
  }

  withdraw(): void {
    this.#viewer.withdraw();
  }

  onStatus(task: () => void): () => void {
    return this.#viewer.onStatus(task);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#viewer.close();
    this.#wrapping.giveBack();
  }
}
