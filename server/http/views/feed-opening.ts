import { recipeKey } from "../../../wasm/core/index.ts";
import type { Clock } from "../../clock.ts";
import type { Log } from "../../log.ts";
import {
  type PictureNotes,
  type RawPicture,
  reportOnPicture,
  type StreamPicture,
} from "../../stream/index.ts";
import type { Visit } from "../access-visit.ts";
import { type Opening, openRawViewer, openViewer, type PictureDependencies } from "../open-viewer.ts";
import type { ViewFormat, ViewWishes } from "../protocol.ts";
import { type Drawn, type Feed, type TakenNumber, ViewerFeed } from "./feed.ts";
import { PictureMessages } from "./picture-message.ts";
import { StreamNumbers } from "./stream-numbers.ts";
import type { ViewOpening } from "./views.ts";
import { type Asked, readWishes } from "./wishes.ts";

/** An IOC whose time stamps are further off than this has no clock that is set; milliseconds. */
const HOUR_MS = 3_600_000;
const NOTHING_DRAWN: Drawn = { told: {}, words: "" };

/** Opens feeds for the views of all sockets, so that those that show the same send the same bytes. */
export class FeedOpening {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #dependencies: PictureDependencies;
  readonly #numbers = new StreamNumbers();
  readonly #messages: PictureMessages;
  /** What is told of each picture, by its JPEG. */
  readonly #drawn = new WeakMap<Uint8Array, Drawn>();

  constructor(dependencies: PictureDependencies & { readonly clock: Clock }) {
    this.#clock = dependencies.clock;
    this.#log = dependencies.log;
    this.#dependencies = dependencies;
    this.#messages = new PictureMessages(this.#clock);
  }

  /** How the views of one socket are opened, on behalf of `visit`. */
  of(visit: Visit): ViewOpening {
    const opening: Opening = { streams: this.#dependencies.streams, visit, kind: "views" };
    return {
      clock: this.#clock,
      log: this.#log,
      readWishes: (pv: string, wishes: ViewWishes, before: ViewFormat) =>
        readWishes(pv, wishes, before, this.#dependencies.defaults),
      openFeed: (asked, signal) =>
        asked.format === "raw"
          ? this.#openRaw(asked, signal, opening)
          : this.#openJpeg(asked, signal, opening),
    };
  }

  async #openRaw({ viewing }: Asked, signal: AbortSignal, opening: Opening): Promise<Feed> {
    const viewer = await openRawViewer(viewing, signal, opening);
    return new ViewerFeed<RawPicture>(viewer, {
      pv: viewing.pv,
      format: "raw",
      number: (isFree) => this.#number(`raw ${viewing.pv}`, isFree),
      message: (picture, stream) => this.#messages.ofRaw(picture, stream),
      drawn: () => NOTHING_DRAWN,
      age: (picture) => this.#age(picture),
    });
  }

  async #openJpeg({ viewing }: Asked, signal: AbortSignal, opening: Opening): Promise<Feed> {
    const viewer = await openViewer(viewing, signal, opening);
    return new ViewerFeed<StreamPicture>(viewer, {
      pv: viewing.pv,
      format: "jpeg",
      number: (isFree) => this.#number(`jpeg ${viewing.pv} ${recipeKey(viewing.recipe)}`, isFree),
      message: (picture, stream) => this.#messages.ofJpeg(picture, stream),
      drawn: (picture) => (picture.placeholder ? undefined : this.#drawnOf(picture)),
      age: (picture) => this.#age(picture),
    });
  }

  /** The number of what `key` names, or one of its own where the socket shows the same in another view already. */
  #number(key: string, isFree: (stream: number) => boolean): TakenNumber {
    const stream = this.#numbers.take(key);
    if (isFree(stream)) return { stream, giveBack: () => this.#numbers.giveBack(key) };
    this.#numbers.giveBack(key);
    return { stream: this.#numbers.fresh(), giveBack: () => undefined };
  }

  #drawnOf(picture: StreamPicture): Drawn {
    const known = this.#drawn.get(picture.jpeg);
    if (known !== undefined) return known;
    const { range, ...words } = reportOnPicture(picture);
    const drawn = { told: { range, picture: words }, words: JSON.stringify(words) };
    this.#drawn.set(picture.jpeg, drawn);
    return drawn;
  }

  #age({ iocTime, receivedAt }: PictureNotes): number {
    const sinceIoc = iocTime === undefined ? NaN : this.#clock.wallTime() - iocTime;
    return sinceIoc >= 0 && sinceIoc <= HOUR_MS ? sinceIoc : this.#clock.now() - receivedAt;
  }
}
