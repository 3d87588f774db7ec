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
  /** What a state says of it; undefined for a placeholder, of which it says nothing. */
  readonly drawn: Drawn | undefined;
  /** The binary message, to be sent at once: it may be written to when the same picture is sent to somebody else. */
  message(): Uint8Array;
  /** To be called when the socket has taken all of it, `bytes`; returns its age then, milliseconds since the IOC made it. */
  taken(bytes: number): number;
}

/** A PV as one view of a socket shows it at present: a viewer, and how its pictures become messages. */
export interface Feed {
  readonly pv: string;
  readonly format: ViewFormat;
  /** The stream number in the headers of its messages; 0 before it has one. */
  readonly stream: number;
  readonly status: StreamStatus;
  readonly report: ViewerReport;
  /** See Watching. */
  readonly waiting: boolean;
  next(): Promise<Parcel | undefined>;
  withdraw(): void;
  onStatus(task: () => void): () => void;
  /**
   * Takes a stream number. To be called once, before `next`, and in the same breath in which the feed is shown: feeds that
   * were opened at the same time would else take the same.
   * @param isFree whether the socket has no other view with this number
   */
  takeNumber(isFree: (stream: number) => boolean): void;
  /** Ends the viewer and gives its number back. */
  close(): void;
}

/** A stream number, to be given back once. */
export interface TakenNumber {
  readonly stream: number;
  giveBack(): void;
}

/** How the pictures of a viewer become messages. */
export interface Wrapping<Picture> {
  readonly pv: string;
  readonly format: ViewFormat;
  number(isFree: (stream: number) => boolean): TakenNumber;
  message(picture: Picture, stream: number): Uint8Array;
  drawn(picture: Picture): Drawn | undefined;
  age(picture: Picture): number;
}

/** Joins a viewer and the wrapping of its pictures. */
export class ViewerFeed<Picture extends PictureNotes> implements Feed {
  readonly #viewer: Watching<Picture>;
  readonly #wrapping: Wrapping<Picture>;
  #number: TakenNumber | undefined;
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
    return this.#number?.stream ?? 0;
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
    const [viewer, wrapping, { stream }] = [this.#viewer, this.#wrapping, this];
    return {
      sequence: picture.sequence,
      drawn: wrapping.drawn(picture),
      message: () => wrapping.message(picture, stream),
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

  takeNumber(isFree: (stream: number) => boolean): void {
    this.#number = this.#wrapping.number(isFree);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#viewer.close();
    this.#number?.giveBack();
  }
}
