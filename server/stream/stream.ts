import type { Recipe } from "../../wasm/core/index.ts";
import { EncodeError } from "../encode/index.ts";
import type { CameraFrame, ImageFault, Source, SourceState } from "../source/index.ts";
import type { FrameFeed, JobOutcome } from "./frame-feed.ts";
import { FrameLedger } from "./frame-ledger.ts";
import { Glimpses } from "./glimpses.ts";
import type { PictureNotes, StreamPicture } from "./picture.ts";
import type { Quarantine } from "./quarantine.ts";
import { notAnImage, notEncoded, refusalAfterWait, stopping } from "./refusal.ts";
import type { Rendition } from "./rendition.ts";
import { type AnyRendition, Renditions, statusOf } from "./renditions.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { type LossName, RateMeter, strongest } from "./statistics.ts";
import type { StreamReport, StreamStatus, ViewerReport } from "./status.ts";
import { StreamLife } from "./stream-life.ts";
import type { StreamTools } from "./stream-tools.ts";
import { StreamViewer } from "./stream-viewer.ts";
import type { GlimpseOptions, OpenOptions, WatchOptions } from "./streams.ts";
import { StreamTally } from "./tally.ts";
import type { Totals } from "./totals.ts";
import { ViewerMailbox } from "./viewer-mailbox.ts";
import type { RawViewer, Viewer, Watching } from "./viewer.ts";

/** No image for so long is a stall, unless the settings say otherwise; milliseconds. */
const STALL_MS = 5000;

/** What is missing where nothing ever came; `{time}` is how long the viewer waited. */
const NO_IMAGE = "but has published no image within {time}";

/** A viewer's place, whatever its pictures are. */
interface Seat {
  readonly viewer: { readonly report: ViewerReport; close(): void };
  readonly mailbox: { lost(name: LossName): void; refuse(error: unknown): void };
}

/** What all streams of a registry share. */
export interface StreamCommons {
  readonly tools: StreamTools;
  readonly totals: Totals;
  readonly quarantine: Quarantine;
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
export class Stream implements FrameFeed {
  readonly pv: string;
  readonly #commons: StreamCommons;
  readonly #tools: StreamTools;
  readonly #onClosed: (settled: Promise<void>) => void;
  readonly #life: StreamLife;
  readonly #source: Source | undefined;
  readonly #seats = new Set<Seat>();
  readonly #glimpses = new Glimpses();
  readonly #renditions: Renditions;
  readonly #ledger: FrameLedger;
  readonly #tally: StreamTally;
  readonly #arrivals = new RateMeter();
  readonly #openedAt: number;
  readonly #watchers = new Set<() => void>();
  /** Sequence of the newest frame, and when it came. */
  #sequence = 0;
  #lastFrameAt: number | undefined;
  /** Frames up to this sequence are from before a lost connection. */
  #staleUpTo = 0;
  #shape: Shape | undefined;
  #fault: ImageFault | undefined;
  #idleSince: number | undefined;

  /**
   * Begins to watch `pv`.
   * @param onClosed called when the stream has ended, with what resolves once its last job has let its frame go
   */
  constructor(pv: string, commons: StreamCommons, onClosed: (settled: Promise<void>) => void) {
    const { tools, totals, quarantine } = commons;
    const { clock, log, encoder, newChoice, settings } = tools;
    const { lingerMs, stallMs = STALL_MS } = settings;
    this.pv = pv;
    this.#commons = commons;
    this.#tools = tools;
    this.#onClosed = onClosed;
    this.#ledger = new FrameLedger(totals);
    this.#tally = new StreamTally(clock, totals);
    this.#openedAt = clock.wallTime();
    this.#renditions = new Renditions(this, () => ({ clock, log, encoder, choice: newChoice(), quarantine }));
    totals.streams++;
    this.#life = new StreamLife(
      { pv, clock, log, lingerMs, stallMs },
      { changed: () => this.changed(), over: (reason) => this.close(reason) },
    );
    this.#source = tools.openSource(pv, {
      state: (state) => this.#followSource(state),
      frame: (frame) => this.#takeFrame(frame),
      skipped: () => this.#takeSkipped(),
      fault: (fault) => this.#takeFault(fault),
    });
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
  async glimpse({ maxAgeMs, signal }: GlimpseOptions): Promise<CameraFrame> {
    signal?.throwIfAborted();
    const { clock, settings } = this.#tools;
    this.#held();
    try {
      const { newest } = this;
      if (newest !== undefined && maxAgeMs > 0 && clock.now() - newest.receivedAt <= maxAgeMs) {
        newest.retain();
        return newest;
      }
      if (this.#fault?.code === "not-an-image") throw notAnImage(this.pv, this.#fault);
      return await this.#glimpses.next((giveUp) => {
        const abort = (): void => giveUp(signal?.reason);
        signal?.addEventListener("abort", abort, { once: true });
        const cancel = clock.after(settings.connectTimeoutMs, () => giveUp(this.#whyNoFrame()));
        return () => {
          cancel();
          signal?.removeEventListener("abort", abort);
        };
      });
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
      clients: [...this.#seats].map(({ viewer }) => viewer.report),
    };
  }

  /** Ends everything: viewers, monitor, alarms. */
  close(reason: string): void {
    if (this.#life.state === "closed") return;
    this.#life.close(reason);
    for (const { viewer, mailbox } of this.#seats) {
      mailbox.refuse(stopping(this.pv));
      viewer.close();
    }
    this.#glimpses.refuseAll(stopping(this.pv));
    this.#source?.stop();
    this.#ledger.retire("skipped");
    this.#onClosed(this.#renditions.settled());
  }

  get newest(): CameraFrame | undefined {
    return this.#source?.newest;
  }

  get cameraFps(): number {
    return this.#arrivals.rate(this.#tools.clock.now());
  }

  begun(sequence: number): void {
    this.#ledger.begin(sequence);
  }

  ended(sequence: number, outcome: JobOutcome): void {
    this.#ledger.end(sequence, outcome);
  }

  encoded(ms: number): void {
    this.#tally.encoded(ms);
  }

  delivered(): void {
    this.#tally.delivered();
  }

  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  async #watch<Picture extends PictureNotes>(
    findRendition: () => Rendition<Picture>,
    { fps, signal, client }: Wanted<WatchOptions>,
  ): Promise<Watching<Picture>> {
    signal?.throwIfAborted();
    const { clock, settings } = this.#tools;
    const rendition = findRendition();
    const mailbox = new ViewerMailbox<Picture>(1000 / fps, this.#staleUpTo, clock, rendition);
    const viewer = new StreamViewer(++this.#commons.totals.viewers, client, mailbox, {
      clock,
      sent: (picture, bytes) => this.#tally.sent(picture, bytes),
      status: () => this.#statusFor(rendition),
      onChange: (task) => this.#onChange(task),
      left: () => {
        signal?.removeEventListener("abort", abort);
        rendition.detach(mailbox);
        void this.#renditions.left(rendition);
        this.#seats.delete(seat);
        this.#letGo();
      },
    });
    const seat: Seat = { viewer, mailbox };
    const abort = (): void => {
      mailbox.refuse(signal?.reason);
      viewer.close();
    };
    signal?.addEventListener("abort", abort, { once: true });
    const cancelTimeout = clock.after(settings.connectTimeoutMs, () =>
      mailbox.refuse(this.#whyNoPicture(rendition)),
    );
    this.#seats.add(seat);
    this.#held();
    this.#life.watched();
    if (this.#fault?.code === "not-an-image") mailbox.refuse(notAnImage(this.pv, this.#fault));
    rendition.attach(mailbox);
    try {
      await mailbox.opened;
      return viewer;
    } catch (error) {
      viewer.close();
      throw error instanceof EncodeError ? notEncoded(this.pv, error) : error;
    } finally {
      cancelTimeout();
    }
  }

  /** Somebody needs the stream. */
  #held(): void {
    this.#idleSince = undefined;
    this.#life.held();
  }

  /** Somebody does not need it any more: was he the last? */
  #letGo(): void {
    if (this.#seats.size > 0 || this.#glimpses.waiting > 0) return;
    this.#idleSince = this.#tools.clock.now();
    this.#life.unwatched();
  }

  #followSource(state: SourceState): void {
    // What comes over another connection may be another thing altogether.
    this.#fault = undefined;
    if (state.kind === "connected") this.#life.answered(state.server);
    if (state.kind !== "disconnected") return;
    this.#staleUpTo = this.#sequence;
    this.#life.disconnected(state.reason);
  }

  #takeFrame(frame: CameraFrame): void {
    const losses = new Set<LossName | undefined>();
    for (const rendition of this.#renditions) losses.add(rendition.superseded(this.#sequence));
    this.#ledger.arrive(frame.sequence, strongest(losses) ?? "skipped");
    this.#ledger.missed(frame.missed);
    this.#sequence = frame.sequence;
    this.#cameImage();
    const shape = shapeOf(frame, this.#shape);
    const changed = shape !== this.#shape;
    this.#shape = shape;
    if (changed) this.changed();
    this.#life.image();
    if (this.#glimpses.offer(frame)) this.#handedOn(frame);
    for (const rendition of this.#renditions) rendition.arrived();
  }

  /** An image came and is gone again, because workers were reading from every slot. */
  #takeSkipped(): void {
    this.#loseFrame("skipped");
    this.#cameImage();
    this.#life.image();
  }

  #cameImage(): void {
    const now = this.#tools.clock.now();
    this.#arrivals.mark(now);
    this.#lastFrameAt = now;
    this.#fault = undefined;
  }

  #takeFault(fault: ImageFault): void {
    this.#fault = fault;
    // That the PV as such is no image is known when it is connected, before it sends anything.
    if (fault.kind !== "structure") this.#loseFrame("failed");
    this.#life.fault(fault.message);
    if (fault.code !== "not-an-image") return;
    const refusal = notAnImage(this.pv, fault);
    for (const { mailbox } of this.#seats) mailbox.refuse(refusal);
    this.#glimpses.refuseAll(refusal);
  }

  /** A frame is gone before anybody could have it. */
  #loseFrame(name: LossName): void {
    this.#ledger.arriveLost(name);
    for (const { mailbox } of this.#seats) mailbox.lost(name);
  }

  /** A frame reached somebody without a rendition. */
  #handedOn({ sequence }: CameraFrame): void {
    this.#ledger.begin(sequence);
    this.#ledger.end(sequence, "encoded");
  }

  #onChange(task: () => void): () => void {
    const watcher = (): void => task();
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #whyNoPicture({ failure }: AnyRendition): Error {
    const missing =
      this.newest === undefined ? NO_IMAGE : "but its first image could not be encoded yet within {time}";
    return this.#refusal(missing, failure);
  }

  #whyNoFrame(): Error {
    if (this.#lastFrameAt === undefined) return this.#refusal(NO_IMAGE, undefined);
    const age = ((this.#tools.clock.now() - this.#lastFrameAt) / 1000).toFixed(1);
    return this.#refusal(`but its newest image is ${age} s old, and none came within {time}`, undefined);
  }

  #refusal(missing: string, failure: unknown): Error {
    return refusalAfterWait({
      pv: this.pv,
      waitedMs: this.#tools.settings.connectTimeoutMs,
      server: this.#life.server,
      lost: this.#life.lost,
      fault: this.#fault,
      missing,
      failure,
    });
  }

  #statusFor(rendition: AnyRendition): StreamStatus {
    return { ...this.#common, ...statusOf(rendition, this.#life.state === "live") };
  }

  get #common(): Omit<StreamStatus, "encodedFps"> {
    return {
      pv: this.pv,
      state: this.#life.state,
      reason: this.#life.reason,
      ...this.#shape,
      cameraFps: this.cameraFps,
      viewers: this.#seats.size,
      drops: { ...this.#ledger.drops },
    };
  }
}
