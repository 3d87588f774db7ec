import type { Recipe } from "../../wasm/core/index.ts";
import { EncodeError } from "../encode/index.ts";
import type { CameraFrame, ImageFault } from "../source/index.ts";
import { CameraSide } from "./camera-side.ts";
import { FrameLedger } from "./frame-ledger.ts";
import { Glimpses } from "./glimpses.ts";
import type { PictureNotes, StreamPicture } from "./picture.ts";
import type { Quarantine } from "./quarantine.ts";
import { notAnImage, notEncoded, stopping } from "./refusal.ts";
import type { Rendition } from "./rendition.ts";
import { type AnyRendition, Renditions, statusOf } from "./renditions.ts";
import { type Seat, Seats } from "./seats.ts";
import { type LossName, strongest } from "./statistics.ts";
import type { StreamReport, StreamStatus, ViewerReport } from "./status.ts";
import { StreamFeed } from "./stream-feed.ts";
import { StreamLife } from "./stream-life.ts";
import type { StreamTools } from "./stream-tools.ts";
import { StreamViewer } from "./stream-viewer.ts";
import type { GlimpseOptions, OpenOptions, WatchOptions } from "./streams.ts";
import { StreamTally } from "./tally.ts";
import type { Totals } from "./totals.ts";
import { logLeaving } from "./viewer-log.ts";
import { ViewerMailbox } from "./viewer-mailbox.ts";
import { Waits } from "./waits.ts";
import type { RawViewer, Viewer, Watching } from "./viewer.ts";

/** No image for so long is a stall, unless the settings say otherwise; milliseconds. */
const STALL_MS = 5000;

/** What all streams of a registry share. */
export interface StreamCommons {
  readonly tools: StreamTools;
  readonly totals: Totals;
  readonly quarantine: Quarantine;
  /** There was no memory for an image of this stream. */
  readonly starved: (stream: Stream) => void;
}

/** The words of a request once the registry has filled in what it did not say. */
type Wanted<Options> = Options & { readonly fps: number };

/**
 * One PV while it is watched or lingers: one source, one rendition per recipe, one mailbox per viewer.
 *
 *     source ──frame──→ Stream ──→ Rendition ──encode──→ ViewerMailbox ──→ next()
 *               state     │   ↘      one per recipe         one per viewer
 *                    StreamLife  FrameLedger
 *
 * What state it is in and when it ends is stream-life.ts's business; when to encode is rendition.ts's.
 */
export class Stream {
  readonly pv: string;
  readonly #commons: StreamCommons;
  readonly #tools: StreamTools;
  readonly #onClosed: (settled: Promise<void>) => void;
  readonly #life: StreamLife;
  readonly #camera: CameraSide;
  readonly #waits: Waits;
  readonly #seats = new Seats();
  readonly #glimpses = new Glimpses();
  readonly #renditions: Renditions;
  readonly #ledger: FrameLedger;
  readonly #tally: StreamTally;
  readonly #openedAt: number;
  readonly #watchers = new Set<() => void>();
  #idleSince: number | undefined;

  /**
   * Begins to watch `pv`.
   * @param onClosed called when the stream has ended, with what resolves once its last job has let its frame go
   */
  constructor(pv: string, commons: StreamCommons, onClosed: (settled: Promise<void>) => void) {
    const { tools, totals, quarantine } = commons;
    const { clock, log, encoder, newChoice, settings } = tools;
    const { lingerMs, connectTimeoutMs, stallMs = STALL_MS } = settings;
    this.pv = pv;
    this.#commons = commons;
    this.#tools = tools;
    this.#onClosed = onClosed;
    this.#ledger = new FrameLedger(totals);
    this.#tally = new StreamTally(clock, totals);
    this.#openedAt = clock.wallTime();
    const feed = new StreamFeed(pv, {
      camera: () => this.#camera,
      ledger: this.#ledger,
      tally: this.#tally,
      changed: () => this.#changed(),
    });
    const shared = { clock, log, encoder, quarantine, stallMs };
    this.#renditions = new Renditions(feed, () => ({ ...shared, choice: newChoice() }));
    totals.streams++;
    this.#life = new StreamLife(
      { pv, clock, log, lingerMs, stallMs },
      { changed: () => this.#changed(), over: (reason) => this.close(reason) },
    );
    this.#camera = new CameraSide(pv, tools, stallMs, this.#life, this.#ledger, {
      superseded: (sequence) => this.#superseded(sequence),
      frame: (frame) => this.#handOn(frame),
      lost: (name) => this.#seats.lost(name),
      notAnImage: (fault) => this.#refuseAll(fault),
      starved: () => commons.starved(this),
      reshaped: () => this.#changed(),
      troubled: () => this.#tellRenditions(),
    });
    this.#waits = new Waits(pv, clock, this.#life, this.#camera, connectTimeoutMs);
  }

  /** Since when nobody watches, by `Clock.now()`; undefined while somebody does. */
  get idleSince(): number | undefined {
    return this.#idleSince;
  }

  /** See Streams.open. */
  open(recipe: Recipe, options: Wanted<OpenOptions>): Promise<Viewer> {
    return this.#watch(() => this.#renditions.of(recipe), options);
  }

  /** See Streams.openRaw. */
  openRaw(options: Wanted<WatchOptions>): Promise<RawViewer> {
    return this.#watch(() => this.#renditions.raw(), options);
  }

  /** See Streams.glimpse. */
  async glimpse({ maxAgeMs, askedAt, signal }: GlimpseOptions): Promise<CameraFrame> {
    signal?.throwIfAborted();
    const now = this.#tools.clock.now();
    this.#held();
    try {
      const { newest } = this.#camera;
      if (newest !== undefined && maxAgeMs > 0 && now - newest.receivedAt <= maxAgeMs) {
        newest.retain();
        return newest;
      }
      if (this.#camera.fault?.code === "not-an-image") throw notAnImage(this.pv, this.#camera.fault);
      return await this.#glimpses.next(signal, (giveUp) =>
        this.#waits.begin(() => giveUp(this.#waits.whyNoFrame()), askedAt),
      );
    } finally {
      this.#letGo();
    }
  }

  /** See Streams.latest. */
  latest(recipe: Recipe): StreamPicture | undefined {
    return this.#renditions.latest(recipe);
  }

  /** The stream as a whole, now. */
  get report(): StreamReport {
    const renditions = this.#renditions.report;
    return {
      ...this.#common,
      encodedFps: renditions.reduce((sum, { encodedFps }) => sum + encodedFps, 0),
      ...this.#tally.report,
      openedAt: this.#openedAt,
      framesIn: this.#ledger.arrived,
      framesEncoded: this.#ledger.encoded,
      renditions,
      clients: this.#seats.reports,
    };
  }

  /** Ends everything: viewers, monitor, alarms. */
  close(reason: string): void {
    if (this.#life.state === "closed") return;
    this.#life.close(reason);
    this.#seats.refuse(stopping(this.pv));
    this.#seats.close();
    this.#glimpses.refuseAll(stopping(this.pv));
    this.#camera.stop();
    this.#onClosed(this.#renditions.settled());
  }

  async #watch<Picture extends PictureNotes>(
    findRendition: () => Rendition<Picture>,
    { fps, signal, client, placeholder = "never" }: Wanted<OpenOptions>,
  ): Promise<Watching<Picture>> {
    signal?.throwIfAborted();
    const { clock } = this.#tools;
    const rendition = findRendition();
    const after = this.#camera.staleUpTo;
    const mailbox = new ViewerMailbox<Picture>(1000 / fps, after, clock, rendition, placeholder);
    const viewer = new StreamViewer(++this.#commons.totals.viewers, client, mailbox, {
      clock,
      sent: (picture, bytes) => this.#tally.sent(picture, bytes),
      status: () => this.#statusFor(rendition),
      onChange: (task) => this.#onChange(task),
      left: () => {
        signal?.removeEventListener("abort", abort);
        rendition.detach(mailbox);
        void this.#renditions.left(rendition);
        this.#seats.leave(seat);
        if (isOpen) this.#logLeaving(viewer.report, signal?.aborted === true);
        this.#letGo();
      },
    });
    const seat: Seat = { viewer, mailbox };
    let isOpen = false;
    const abort = (): void => {
      mailbox.refuse(signal?.reason);
      viewer.close();
    };
    signal?.addEventListener("abort", abort, { once: true });
    const cancelTimeout = this.#waits.begin(() => {
      const refusal = this.#waits.whyNoPicture(rendition.failure);
      this.#camera.explain(refusal.message);
      mailbox.refuse(refusal);
    });
    this.#seats.take(seat);
    this.#held();
    this.#life.watched();
    this.#refuseAtOnce(mailbox, rendition);
    rendition.attach(mailbox);
    try {
      await mailbox.opened;
      isOpen = true;
      return viewer;
    } catch (error) {
      viewer.close();
      throw error instanceof EncodeError ? notEncoded(this.pv, error) : error;
    } finally {
      cancelTimeout();
    }
  }

  #logLeaving(viewer: ViewerReport, isGone: boolean): void {
    const { log, clock } = this.#tools;
    const { state, reason } = this.#life;
    const why = state === "closed" ? reason : isGone ? "Its client is gone." : "It was closed.";
    logLeaving(this.pv, viewer, why, log, clock);
  }

  /** Who need not wait for a picture that is sure not to come. */
  #refuseAtOnce(mailbox: Seat["mailbox"], { held }: AnyRendition): void {
    const { fault } = this.#camera;
    if (fault?.code === "not-an-image") mailbox.refuse(notAnImage(this.pv, fault));
    if (held !== undefined) mailbox.refuse(held.error);
  }

  /** Somebody needs the stream. */
  #held(): void {
    this.#idleSince = undefined;
    this.#life.held();
  }

  /** Somebody does not need it any more: was he the last? */
  #letGo(): void {
    if (this.#seats.count > 0 || this.#glimpses.waiting > 0) return;
    this.#idleSince = this.#tools.clock.now();
    this.#life.unwatched();
  }

  #superseded(sequence: number): LossName | undefined {
    const losses = new Set<LossName | undefined>();
    for (const rendition of this.#renditions) losses.add(rendition.superseded(sequence));
    return strongest(losses);
  }

  #handOn(frame: CameraFrame): void {
    if (this.#glimpses.offer(frame)) {
      this.#ledger.begin(frame.sequence);
      this.#ledger.end(frame.sequence, "encoded");
    }
    this.#tellRenditions();
  }

  #refuseAll(fault: ImageFault): void {
    const refusal = notAnImage(this.pv, fault);
    this.#seats.refuse(refusal);
    this.#glimpses.refuseAll(refusal);
  }

  #tellRenditions(): void {
    for (const rendition of this.#renditions) rendition.feedChanged();
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #onChange(task: () => void): () => void {
    const watcher = (): void => task();
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #statusFor(rendition: AnyRendition): StreamStatus {
    return { ...this.#common, ...statusOf(rendition, this.#life.state === "live") };
  }

  get #common(): Omit<StreamStatus, "encodedFps"> {
    return {
      pv: this.pv,
      state: this.#life.state,
      reason: this.#life.reason,
      ...this.#camera.shape,
      cameraFps: this.#camera.fps,
      viewers: this.#seats.count,
      drops: { ...this.#ledger.drops },
    };
  }
}
