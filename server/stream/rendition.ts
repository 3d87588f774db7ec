import type { EncoderDecision } from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";
import {
  countMissed,
  earliest,
  handOver,
  placeholderDue,
  shortestInterval,
  showPlaceholder,
  tellFailed,
  type Audience,
} from "./audience.ts";
import { FailureRecord } from "./failure-record.ts";
import type { FrameFeed, RenditionTools } from "./frame-feed.ts";
import { Pacer } from "./pacer.ts";
import type { PictureNotes } from "./picture.ts";
import type { PictureMaker } from "./picture-maker.ts";
import type { Hold } from "./quarantine.ts";
import { RateMeter, type LossName } from "./statistics.ts";
import type { Trouble } from "./trouble.ts";
import type { MailboxOwner, ViewerMailbox } from "./viewer-mailbox.ts";

/** For those who were promised a placeholder before anything could be drawn, and no more is known. */
const NOT_DRAWN_YET: Trouble = { reason: "The first image has not been drawn yet.", since: 0, from: 0 };

/** The one thing a rendition does at a time. */
type Work =
  | { readonly kind: "none" }
  /** Waits until somebody may have a picture. */
  | { readonly kind: "alarm"; readonly at: number; readonly cancel: () => void }
  /** Waits for a worker; which frame it is to be is decided when one is free. */
  | { readonly kind: "turn"; readonly cancel: () => void }
  /** A job on a frame, which may be superseded meanwhile. */
  | { readonly kind: "encoding"; readonly sequence: number; superseded: boolean };

/**
 * One way of showing a PV for all viewers that asked for the same: each frame is encoded (or copied, for those who want it
 * raw) at most once, and all of them get the same picture. It works only when somebody waits who may have a picture, one
 * job at a time, and never more often than its fastest viewer may have one.
 *
 *            somebody may have one later
 *     none ───────────────────────────────→ alarm
 *      │  ↖ nobody waits                       │ rings
 *      │     somebody may have one now         ↓
 *      └──────────────────────────→ turn ──a worker is free: take the newest frame──→ encoding ──done──→ look again
 *
 * Workers go round by `Encoder.whenIdle`: PVs take turns, and within one its renditions. A frame whose worker died is tried
 * once more if it is the newest still, for it need not have been its fault.
 */
export class Rendition<Picture extends PictureNotes> implements MailboxOwner<Picture> {
  readonly #maker: PictureMaker<Picture>;
  readonly #feed: FrameFeed;
  readonly #tools: Pick<RenditionTools, "clock" | "log" | "stallMs">;
  readonly #mailboxes = new Set<ViewerMailbox<Picture>>();
  readonly #encodes = new RateMeter();
  #pacer: Pacer | undefined;
  #latest: Picture | undefined;
  #work: Work = { kind: "none" };
  #job: Promise<void> = Promise.resolve();
  /** Sequence of the last frame that a job was begun on: a frame that failed is not tried again. */
  #tried = 0;
  readonly #failure: FailureRecord;

  /** @param maker makes the pictures */
  constructor(
    maker: PictureMaker<Picture>,
    feed: FrameFeed,
    tools: Pick<RenditionTools, "clock" | "log" | "stallMs">,
  ) {
    this.#maker = maker;
    this.#feed = feed;
    this.#tools = tools;
    this.#failure = new FailureRecord(feed.pv, tools.log);
  }

  /** Encoder in use and why; undefined before the first job. */
  get decision(): EncoderDecision | undefined {
    return this.#maker.decision;
  }

  /** Why the last frame that was tried has no picture, or none may be tried now; undefined when all is well. */
  get failure(): unknown {
    return this.#maker.held?.error ?? this.#failure.error;
  }

  /** Since and until when no picture may be made; undefined: one may. */
  get held(): Hold | undefined {
    return this.#maker.held;
  }

  /** The newest picture; undefined before the first. */
  get latest(): Picture | undefined {
    return this.#latest;
  }

  get viewers(): number {
    return this.#mailboxes.size;
  }

  /** Pictures encoded per second. */
  get encodedFps(): number {
    return this.#encodes.rate(this.#tools.clock.now());
  }

  /** Resolves when no job is under way and every frame is released. */
  get settled(): Promise<void> {
    return this.#job;
  }

  /** Takes in a viewer. It is admitted at once if the last frame became a picture of interest to it, else with the next. */
  attach(mailbox: ViewerMailbox<Picture>): void {
    this.#mailboxes.add(mailbox);
    this.#pace();
    const picture = this.#failure.since === undefined ? this.#latest : undefined;
    if (picture !== undefined && mailbox.wants(picture.sequence) !== undefined) mailbox.admit();
    else this.#look([mailbox]);
  }

  /** Lets a viewer go. A job under way goes on; after the last viewer nothing else does. */
  detach(mailbox: ViewerMailbox<Picture>): void {
    this.#mailboxes.delete(mailbox);
    if (this.#mailboxes.size > 0) this.#pace();
    else {
      this.#maker.placeholders?.rest();
      if (this.#work.kind !== "encoding") this.#rest();
    }
  }

  /** A viewer waits from now on. */
  asked(mailbox: ViewerMailbox<Picture>): void {
    this.#look([mailbox]);
  }

  /** The feed has a newer frame, or its trouble has begun, or changed. */
  feedChanged(): void {
    this.#look(this.#mailboxes);
  }

  /**
   * Frame `sequence` is about to be replaced as the newest: counts it for the viewers that did not have it.
   * @returns the strongest name it was counted under, undefined when nobody missed it (yet: it may be in the works)
   */
  superseded(sequence: number): LossName | undefined {
    if (this.#work.kind !== "encoding" || this.#work.sequence !== sequence)
      return this.#countMissed(sequence);
    this.#work.superseded = true;
    return undefined;
  }

  /** Does what there is to do for these viewers: hands over, sets the alarm, asks for a worker, or nothing. */
  #look(audience: Audience<Picture>): void {
    if (this.#work.kind === "turn" || this.#work.kind === "encoding") return;
    const newest = this.#feed.newest;
    let at = Infinity;
    if (newest !== undefined && newest.sequence > this.#tried) {
      at = Math.max(earliest(audience, newest.sequence), this.#encodeDue);
      if (at <= this.#now) {
        this.#askForWorker();
        return;
      }
    } else if (this.#failure.since !== undefined) {
      tellFailed(audience, this.#tried, this.#failure.error);
    } else if (this.#latest !== undefined) {
      // Also while there is no newest frame: where memory is short, the next one is written over it.
      this.#handOver(audience, this.#latest, this.#now);
      at = earliest(audience, this.#latest.sequence);
    }
    // Whoever is to have a picture soon is not shown a placeholder before it.
    const soon = at < Infinity && this.#maker.held === undefined;
    this.#wakeAt(soon ? at : Math.min(at, this.#showTrouble(audience)));
  }

  /** Shows placeholders to those who are due for one; returns when the next of them is. */
  #showTrouble(audience: Audience<Picture>): number {
    const trouble = this.#trouble;
    const { placeholders } = this.#maker;
    const due = placeholderDue(audience);
    if (trouble === undefined || placeholders === undefined || due === Infinity) return Infinity;
    const from = Math.max(due, this.#latest === undefined ? -Infinity : trouble.from);
    if (from > this.#now) return from;
    const picture = placeholders.picture(trouble, this.#latest, () => this.#look(this.#mailboxes));
    if (picture === undefined) return Infinity;
    showPlaceholder(audience, picture, this.#now);
    return placeholderDue(audience);
  }

  /** Why there is no picture of now; undefined when there is, or may soon be. */
  get #trouble(): Trouble | undefined {
    const trouble = this.#feed.trouble ?? this.#failure.trouble(this.#maker.held, this.#tools.stallMs);
    return trouble ?? (this.#latest === undefined ? NOT_DRAWN_YET : undefined);
  }

  #wakeAt(at: number): void {
    if (at === Infinity || (this.#work.kind === "alarm" && this.#work.at <= at)) return;
    this.#rest();
    const cancel = this.#tools.clock.after(Math.max(0, at - this.#now), () => {
      this.#work = { kind: "none" };
      this.#look(this.#mailboxes);
    });
    this.#work = { kind: "alarm", at, cancel };
  }

  #askForWorker(): void {
    this.#rest();
    this.#work = { kind: "turn", cancel: this.#maker.whenFree(() => this.#turn()) };
  }

  /** A worker is free: takes the newest frame, if somebody still wants one. */
  #turn(): void {
    this.#work = { kind: "none" };
    const newest = this.#feed.newest;
    const wanted = newest !== undefined && earliest(this.#mailboxes, newest.sequence) <= this.#now;
    if (wanted && newest.sequence > this.#tried && this.#encodeDue <= this.#now)
      this.#job = this.#encode(newest);
    else this.#look(this.#mailboxes);
  }

  async #encode(frame: CameraFrame): Promise<void> {
    frame.retain();
    const { sequence } = frame;
    const chosenAt = this.#now;
    const work: Work = { kind: "encoding", sequence, superseded: false };
    this.#work = work;
    this.#pacer?.sent(chosenAt, sequence !== this.#tried + 1);
    this.#tried = sequence;
    this.#feed.begun(sequence);
    const { picture, error } = await this.#make(frame);
    if (picture === undefined) this.#ended(work, error);
    else this.#succeeded(picture, chosenAt);
    if (work.superseded) this.#countMissed(sequence);
    this.#work = { kind: "none" };
    this.#look(this.#mailboxes);
  }

  async #make(frame: CameraFrame): Promise<{ readonly picture?: Picture; readonly error?: unknown }> {
    try {
      return { picture: await this.#maker.make(frame, this.#pacer?.interval ?? 0) };
    } catch (error) {
      return { error };
    } finally {
      frame.release();
    }
  }

  #succeeded(picture: Picture, chosenAt: number): void {
    this.#feed.ended(picture.sequence, "encoded");
    if (this.#failure.mend()) this.#feed.changed();
    this.#encodes.mark(this.#now);
    this.#latest = picture;
    this.#handOver(this.#mailboxes, picture, chosenAt);
  }

  /** A job has no picture. */
  #ended({ sequence, superseded }: Extract<Work, { kind: "encoding" }>, error: unknown): void {
    const again = !superseded && this.#failure.earnsAnotherTry(error, sequence);
    this.#feed.ended(sequence, again ? "again" : "failed");
    if (again) this.#tried = sequence - 1;
    else {
      tellFailed(this.#mailboxes, sequence, error);
      const first = this.#failure.note(error, sequence, this.#now);
      if (first || this.#maker.held !== undefined) this.#feed.changed();
    }
    // Now, because there may be a newer frame already, and always is where encoding takes longer than the camera.
    this.#showTrouble(this.#mailboxes);
  }

  /** Whoever is served goes to the end of the row, so that in a crowd nobody is always the last, or never served. */
  #handOver(audience: Audience<Picture>, picture: Picture, chosenAt: number): void {
    const bytes = this.#maker.sizeOf(picture);
    for (const mailbox of handOver(audience, picture, bytes, chosenAt, this.#now)) {
      if (this.#mailboxes.delete(mailbox)) this.#mailboxes.add(mailbox);
      this.#feed.delivered();
    }
  }

  #countMissed(sequence: number): LossName | undefined {
    const { held } = this.#maker;
    if (held === undefined) return countMissed(this.#mailboxes, sequence, this.#now, this.#encodeDue);
    tellFailed(this.#mailboxes, sequence, held.error);
    return this.#mailboxes.size > 0 ? "failed" : undefined;
  }

  /** Fits the rate of encoding to the fastest viewer. */
  #pace(): void {
    const interval = shortestInterval(this.#mailboxes);
    if (this.#pacer === undefined) this.#pacer = new Pacer(interval);
    else if (this.#pacer.interval !== interval) this.#pacer.change(interval, this.#now);
  }

  #rest(): void {
    if (this.#work.kind === "alarm" || this.#work.kind === "turn") this.#work.cancel();
    this.#work = { kind: "none" };
  }

  get #encodeDue(): number {
    return Math.max(this.#pacer?.due ?? -Infinity, this.#maker.held?.until ?? -Infinity);
  }

  get #now(): number {
    return this.#tools.clock.now();
  }
}
