import type { Clock } from "../clock.ts";
import { Pacer } from "./pacer.ts";
import type { PictureNotes } from "./picture.ts";
import { PLACEHOLDER_EVERY_MS } from "./placeholder-board.ts";
import { mayBeShown, mayPass } from "./refusal.ts";
import { noDrops, type Drops, type LossName } from "./statistics.ts";
import type { PlaceholderWish } from "./streams.ts";

/** A viewer that waits. */
interface Waiting<Picture> {
  readonly resolve: (picture: Picture | undefined) => void;
  /** When it is given its last picture again, by `Clock.now()`; Infinity for never. */
  readonly repeatAt: number;
}

/** What a mailbox asks of its rendition. */
export interface MailboxOwner<Picture extends PictureNotes> {
  /** The mailbox waits for a picture from now on. */
  asked(mailbox: ViewerMailbox<Picture>): void;
}

/**
 * Where a rendition hands pictures to one viewer. It holds no picture that waits to be fetched: a picture goes
 * straight to the viewer that waits for it, and a viewer that does not wait misses it. The newest frame is chosen for
 * whoever comes back, so the only queue is one viewer long.
 *
 *     opening ──first picture can be had──→ away ──next()──→ waiting ──deliver──→ away …      any ──close()──→ closed
 */
export class ViewerMailbox<Picture extends PictureNotes> {
  /** Frames this viewer did not get, by name. */
  readonly drops: Drops = noDrops();
  /** Resolves when a first picture can be had; rejects with the encoder's error when that fails, or as it is refused. */
  readonly opened: Promise<void>;
  readonly #opening: PromiseWithResolvers<void>;
  readonly #pacer: Pacer;
  readonly #clock: Clock;
  readonly #owner: MailboxOwner<Picture>;
  readonly #wish: PlaceholderWish;
  /** Up to this frame nothing more is to be delivered. */
  #done: number;
  #last: Picture | undefined;
  /** When the viewer was shown a placeholder last; undefined since it had a picture. */
  #placeholderAt: number | undefined;
  #waiting: Waiting<Picture> | undefined;
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  #state: "opening" | "open" | "closed" = "opening";

  /**
   * @param interval milliseconds between pictures
   * @param after only frames with a higher sequence than this are of interest
   * @param clock for repeats
   * @param owner is told when the viewer waits
   * @param wish when the viewer is shown placeholders
   */
  constructor(
    interval: number,
    after: number,
    clock: Clock,
    owner: MailboxOwner<Picture>,
    wish: PlaceholderWish = "never",
  ) {
    this.#pacer = new Pacer(interval);
    this.#done = after;
    this.#clock = clock;
    this.#owner = owner;
    this.#wish = wish;
    this.#opening = Promise.withResolvers();
    this.opened = this.#opening.promise;
  }

  /** Milliseconds between pictures. */
  get interval(): number {
    return this.#pacer.interval;
  }

  /** See Viewer.next. Two calls at a time are a mistake of the caller and throw. */
  next({ repeatAfterMs }: { readonly repeatAfterMs?: number } = {}): Promise<Picture | undefined> {
    if (this.#waiting !== undefined) throw new Error("next() was called while an earlier call still waits.");
    if (this.#state === "closed") return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Picture | undefined>();
    const repeatAt = repeatAfterMs === undefined ? Infinity : this.#clock.now() + repeatAfterMs;
    this.#waiting = { resolve, repeatAt };
    this.#wakeBy(repeatAt);
    this.#owner.asked(this);
    return promise;
  }

  /** From when on this viewer may have frame `sequence`; undefined when it does not wait, or had it. */
  wants(sequence: number): number | undefined {
    if (sequence <= this.#done) return undefined;
    if (this.#state === "opening") return -Infinity;
    return this.#waiting === undefined ? undefined : this.#pacer.due;
  }

  /** A first picture can be had: the viewer is open from now on. */
  admit(): void {
    if (this.#state !== "opening") return;
    this.#state = "open";
    this.#opening.resolve();
  }

  /**
   * Hands over a picture that is wanted.
   * @param chosenAt when its frame was chosen
   * @returns whether the viewer took it; one that is still opening now knows only that there are pictures
   */
  deliver(picture: Picture, chosenAt: number): boolean {
    this.admit();
    if (this.#waiting === undefined) return false;
    this.#pacer.sent(chosenAt, picture.sequence !== this.#done + 1);
    this.#done = picture.sequence;
    this.#last = picture;
    this.#placeholderAt = undefined;
    this.#settle(picture);
    return true;
  }

  /** From when on this viewer may be shown a placeholder; undefined when it does not wait, or wants none. */
  get placeholderDue(): number | undefined {
    if (this.#wish === "never" || this.#state !== "open" || this.#waiting === undefined) return undefined;
    return this.#placeholderAt === undefined ? -Infinity : this.#placeholderAt + PLACEHOLDER_EVERY_MS;
  }

  /** Hands over a placeholder that is due. It takes nothing of the viewer's rate, and no frame counts as had by it. */
  showPlaceholder(picture: Picture): void {
    const repeat = this.#placeholderAt !== undefined && this.#last === picture;
    this.#placeholderAt = this.#clock.now();
    this.#last = picture;
    this.#settle(repeat ? { ...picture, repeat } : picture);
  }

  /**
   * Frame `sequence` will not come any more: a newer one is there.
   * @param now monotonic milliseconds
   * @param encodeDue from when on the rendition may encode
   * @returns the name it was counted under; undefined when this viewer had it
   */
  missed(sequence: number, now: number, encodeDue: number): LossName | undefined {
    if (this.#state !== "open" || sequence <= this.#done) return undefined;
    const loss = this.#lossNow(now, encodeDue);
    this.drops[loss]++;
    return loss;
  }

  /** A frame came that nobody could have: it was damaged, or there was no memory for it. It has no sequence. */
  lost(name: LossName): void {
    if (this.#state === "open") this.drops[name]++;
  }

  /** Frame `sequence` could not be encoded. Who waits for a first picture waits on if the next frame may be better. */
  failed(sequence: number, error: unknown): void {
    if (sequence <= this.#done) return;
    if (this.#state === "open") this.drops.failed++;
    if (!mayPass(error)) this.refuse(error);
    this.#done = sequence;
  }

  /**
   * There will be no first picture, for this reason. Nothing happens to a viewer that had one; who always wants
   * placeholders is content with one instead, where the reason may pass.
   */
  refuse(error: unknown): void {
    if (this.#state !== "opening") return;
    if (this.#wish === "always" && mayBeShown(error)) this.admit();
    else this.#opening.reject(error);
  }

  /** Whether a call of `next` still waits. */
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Takes a waiting call of `next` back: it resolves with undefined. */
  withdraw(): void {
    this.#settle(undefined);
  }

  /** Ends it; a waiting `next` resolves with undefined. */
  close(): void {
    this.#state = "closed";
    this.#last = undefined;
    this.#alarm?.cancel();
    this.#settle(undefined);
  }

  #lossNow(now: number, encodeDue: number): LossName {
    if (now < Math.max(this.#pacer.due, encodeDue)) return "paced";
    return this.#waiting === undefined ? "slow" : "skipped";
  }

  /**
   * One alarm for many pictures, for hardly any comes to be repeated: it is left as it is when a picture is taken before
   * it, and set again for the rest when it rings too early.
   */
  #wakeBy(at: number): void {
    if (at === Infinity || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.cancel();
    const cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#alarm = undefined;
      const due = this.#waiting?.repeatAt ?? Infinity;
      if (due <= this.#clock.now()) this.#repeat();
      else this.#wakeBy(due);
    });
    this.#alarm = { at, cancel };
  }

  #repeat(): void {
    if (this.#placeholderAt !== undefined) this.#placeholderAt = this.#clock.now();
    if (this.#last !== undefined) this.#settle({ ...this.#last, repeat: true });
  }

  #settle(picture: Picture | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(picture);
  }
}
