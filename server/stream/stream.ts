import { EncodeError } from "../encode/index.ts";
import type { CameraFrame, ImageFault, Source, SourceState } from "../source/index.ts";
import { recipeKey, type Recipe } from "../../wasm/core/index.ts";
import { FrameLedger } from "./frame-ledger.ts";
import { notAnImage, notEncoded, refusalAfterWait, stopping, whyNotDrawn } from "./refusal.ts";
import type { FrameFeed } from "./frame-feed.ts";
import { reportOnPicture, type StreamPicture } from "./picture.ts";
import { Rendition } from "./rendition.ts";
import { RateMeter, strongest, type LossName } from "./statistics.ts";
import type { RenditionReport, StreamReport, StreamStatus } from "./status.ts";
import { StreamLife } from "./stream-life.ts";
import type { StreamTools } from "./stream-tools.ts";
import { StreamViewer } from "./stream-viewer.ts";
import type { OpenOptions } from "./streams.ts";
import { StreamTally } from "./tally.ts";
import type { Totals } from "./totals.ts";
import { ViewerMailbox } from "./viewer-mailbox.ts";
import type { Viewer } from "./viewer.ts";

/** No image for so long is a stall, unless the settings say otherwise; milliseconds. */
const STALL_MS = 5000;

/** Words of a frame that tell what it looks like. */
const SHAPE_WORDS = [
  "width",
  "height",
  "sampleType",
  "colourMode",
  "planes",
  "bayer",
  "codec",
  "reverseX",
  "reverseY",
] as const satisfies readonly (keyof CameraFrame)[];

/** What a frame looks like; part of the status. */
type Shape = Pick<CameraFrame, (typeof SHAPE_WORDS)[number]>;

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
  readonly #tools: StreamTools;
  readonly #onClosed: (settled: Promise<void>) => void;
  readonly #life: StreamLife;
  readonly #source: Source | undefined;
  readonly #viewers = new Map<StreamViewer<StreamPicture>, ViewerMailbox<StreamPicture>>();
  readonly #renditions = new Map<string, Rendition>();
  readonly #totals: Totals;
  readonly #ledger: FrameLedger;
  readonly #tally: StreamTally;
  readonly #arrivals = new RateMeter();
  readonly #openedAt: number;
  readonly #watchers = new Set<() => void>();
  /** Sequence of the newest frame. */
  #sequence = 0;
  /** Frames up to this sequence are from before a lost connection. */
  #staleUpTo = 0;
  #shape: Shape | undefined;
  #fault: ImageFault | undefined;

  /**
   * Begins to watch `pv`.
   * @param totals counts for all streams
   * @param onClosed called when the stream has ended, with what resolves once its last job has let its frame go
   */
  constructor(pv: string, tools: StreamTools, totals: Totals, onClosed: (settled: Promise<void>) => void) {
    this.pv = pv;
    this.#tools = tools;
    this.#totals = totals;
    this.#ledger = new FrameLedger(totals);
    this.#tally = new StreamTally(tools.clock, totals);
    this.#openedAt = tools.clock.wallTime();
    totals.streams++;
    this.#onClosed = onClosed;
    const { clock, log, settings } = tools;
    const { lingerMs, stallMs = STALL_MS } = settings;
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

  /** See StreamRegistry.open. */
  async open(recipe: Recipe, { fps, signal, client }: OpenOptions & { fps: number }): Promise<Viewer> {
    signal?.throwIfAborted();
    const { clock, settings } = this.#tools;
    const { rendition, mailbox } = this.#seat(recipe, 1000 / fps);
    const viewer = new StreamViewer(++this.#totals.viewers, client, mailbox, {
      clock,
      sent: (picture, bytes) => this.#tally.sent(picture, bytes),
      status: () => this.#statusFor(rendition),
      onChange: (task) => this.#onChange(task),
      left: () => {
        signal?.removeEventListener("abort", abort);
        this.#left(viewer, rendition);
      },
    });
    const abort = (): void => {
      mailbox.refuse(signal?.reason);
      viewer.close();
    };
    signal?.addEventListener("abort", abort, { once: true });
    const cancelTimeout = clock.after(settings.connectTimeoutMs, () =>
      mailbox.refuse(this.#whyNoPicture(rendition)),
    );
    this.#viewers.set(viewer, mailbox);
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

  /** The newest picture of a recipe that somebody watches, or watched a moment ago. */
  latest(recipe: Recipe): StreamPicture | undefined {
    return this.#renditions.get(recipeKey(recipe))?.latest;
  }

  /** The stream as a whole, now. */
  get report(): StreamReport {
    const renditions = [...this.#renditions].map(([key, rendition]) => reportOn(key, rendition));
    return {
      ...this.#common,
      encodedFps: renditions.reduce((sum, { encodedFps }) => sum + encodedFps, 0),
      ...this.#tally.report,
      openedAt: this.#openedAt,
      framesIn: this.#ledger.arrived,
      framesEncoded: this.#ledger.encoded,
      renditions,
      clients: [...this.#viewers.keys()].map((viewer) => viewer.report),
    };
  }

  /** Ends everything: viewers, monitor, alarms. */
  close(reason: string): void {
    if (this.#life.state === "closed") return;
    this.#life.close(reason);
    for (const [viewer, mailbox] of this.#viewers) {
      mailbox.refuse(stopping(this.pv));
      viewer.close();
    }
    this.#source?.stop();
    this.#ledger.retire("skipped");
    const jobs = [...this.#renditions.values()].map((rendition) => rendition.settled);
    this.#onClosed(Promise.all(jobs).then(() => undefined));
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

  ended(sequence: number, outcome: "encoded" | "failed"): void {
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
    for (const rendition of this.#renditions.values()) losses.add(rendition.superseded(this.#sequence));
    this.#ledger.arrive(frame.sequence, strongest(losses) ?? "skipped");
    this.#ledger.missed(frame.missed);
    this.#sequence = frame.sequence;
    this.#arrivals.mark(this.#tools.clock.now());
    this.#fault = undefined;
    this.#noteShape(frame);
    this.#life.image();
    for (const rendition of this.#renditions.values()) rendition.arrived();
  }

  /** An image came and is gone again, because workers were reading from every slot. */
  #takeSkipped(): void {
    this.#ledger.arriveLost("skipped");
    for (const mailbox of this.#viewers.values()) mailbox.skipped();
    this.#arrivals.mark(this.#tools.clock.now());
    this.#fault = undefined;
    this.#life.image();
  }

  #takeFault(fault: ImageFault): void {
    this.#fault = fault;
    this.#ledger.arriveLost("failed");
    this.#life.fault(fault.message);
    if (fault.code !== "not-an-image") return;
    for (const mailbox of this.#viewers.values()) mailbox.refuse(notAnImage(this.pv, fault));
  }

  #noteShape(frame: CameraFrame): void {
    const before = this.#shape;
    if (before !== undefined && SHAPE_WORDS.every((word) => before[word] === frame[word])) return;
    const words = SHAPE_WORDS.filter((word) => frame[word] !== undefined).map((word) => [word, frame[word]]);
    this.#shape = Object.fromEntries(words) as Shape;
    this.changed();
  }

  /** A mailbox at the rendition that draws `recipe`; frames from before a lost connection are of no interest to it. */
  #seat(recipe: Recipe, interval: number): { rendition: Rendition; mailbox: ViewerMailbox<StreamPicture> } {
    const key = recipeKey(recipe);
    const rendition = this.#renditions.get(key) ?? this.#newRendition(recipe);
    this.#renditions.set(key, rendition);
    return { rendition, mailbox: new ViewerMailbox(interval, this.#staleUpTo, this.#tools.clock, rendition) };
  }

  #newRendition(recipe: Recipe): Rendition {
    const { clock, log, encoder, newChoice } = this.#tools;
    return new Rendition(recipe, this, { clock, log, encoder, choice: newChoice() });
  }

  #left(viewer: StreamViewer<StreamPicture>, rendition: Rendition): void {
    const mailbox = this.#viewers.get(viewer);
    if (mailbox === undefined) return;
    this.#viewers.delete(viewer);
    rendition.detach(mailbox);
    // A rendition with a job under way stays, so that a viewer who comes now does not have the frame encoded twice.
    void rendition.settled.then(() => this.#forget(rendition));
    if (this.#viewers.size === 0) this.#life.unwatched();
  }

  #forget(rendition: Rendition): void {
    const key = recipeKey(rendition.recipe);
    if (rendition.viewers === 0 && this.#renditions.get(key) === rendition) this.#renditions.delete(key);
  }

  #onChange(task: () => void): () => void {
    const watcher = (): void => task();
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #whyNoPicture({ failure }: Rendition): Error {
    return refusalAfterWait({
      pv: this.pv,
      waitedMs: this.#tools.settings.connectTimeoutMs,
      server: this.#life.server,
      lost: this.#life.lost,
      fault: this.#fault,
      image: this.newest !== undefined,
      failure,
    });
  }

  #statusFor(rendition: Rendition): StreamStatus {
    const { encodedFps, decision, failure } = rendition;
    const frozen = this.#life.state === "live" && failure !== undefined ? notDrawn(failure) : {};
    return { ...this.#common, ...frozen, encodedFps, ...encoderOf(decision) };
  }

  get #common(): Omit<StreamStatus, "encodedFps"> {
    return {
      pv: this.pv,
      state: this.#life.state,
      reason: this.#life.reason,
      ...this.#shape,
      cameraFps: this.cameraFps,
      viewers: this.#viewers.size,
      drops: { ...this.#ledger.drops },
    };
  }
}

function reportOn(
  recipe: string,
  { viewers, encodedFps, decision, failure, latest }: Rendition,
): RenditionReport {
  const picture = latest === undefined ? {} : { picture: reportOnPicture(latest) };
  const failed = failure === undefined ? {} : { failure: whyNotDrawn(failure) };
  return { recipe, viewers, encodedFps, ...encoderOf(decision), ...picture, ...failed };
}

/** What a viewer is told whose picture stands still though the camera does not. */
function notDrawn(failure: unknown): Pick<StreamStatus, "state" | "reason" | "failure"> {
  const code = failure instanceof EncodeError ? { failure: failure.code } : {};
  return { state: "stalled", reason: whyNotDrawn(failure), ...code };
}

function encoderOf(decision: Rendition["decision"]): Pick<RenditionReport, "encoder" | "encoderWhy"> {
  return decision === undefined ? {} : { encoder: decision.encoder, encoderWhy: decision.why };
}
