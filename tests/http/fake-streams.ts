import { wholePicture } from "../support/picture-facts.ts";
import type {
  GlimpseOptions,
  OpenOptions,
  PictureNotes,
  PlaceholderWish,
  RawPicture,
  RawViewer,
  StreamPicture,
  StreamReport,
  Streams,
  StreamStatus,
  Viewer,
  ViewerReport,
  Watching,
} from "../../server/stream/index.ts";
import type { EncodeError } from "../../server/encode/index.ts";
import { ServiceError } from "../../server/errors.ts";
import type { CameraFrame } from "../../server/source/index.ts";
import { Totals } from "../../server/stream/totals.ts";
import type { Recipe } from "../../wasm/core/index.ts";

/** A registry whose viewers show what the test hands them; it records what was asked of it. */
export class FakeStreams implements Pick<
  Streams,
  "open" | "openRaw" | "glimpse" | "latest" | "failed" | "pvs" | "report" | "totals"
> {
  readonly opened: {
    readonly pv: string;
    readonly recipe: Recipe;
    readonly fps: number | undefined;
    readonly placeholder: PlaceholderWish | undefined;
    readonly viewer: FakeViewer;
  }[] = [];
  readonly openedRaw: {
    readonly pv: string;
    readonly fps: number | undefined;
    readonly viewer: FakeViewer<RawPicture>;
  }[] = [];
  /** What `open` and `openRaw` reject with. */
  refusal: unknown;
  /** What there is to tell of. */
  readonly reports: StreamReport[] = [];
  readonly totals = new Totals();
  /** Whether `open` goes on looking for its PV until the asker leaves. */
  searching = false;
  /** Resolves when an asker who is kept waiting has left. */
  readonly left: Promise<void>;
  #leave: () => void = () => {};
  readonly #openings: (() => void)[] = [];

  constructor() {
    this.left = new Promise((resolve) => (this.#leave = resolve));
  }

  async open(pv: string, recipe: Recipe, { fps, signal, placeholder }: OpenOptions = {}): Promise<Viewer> {
    const viewer = await this.#seat<StreamPicture>(pv, signal);
    this.opened.push({ pv, recipe, fps, placeholder, viewer });
    this.#announce();
    return viewer;
  }

  async openRaw(
    pv: string,
    { fps, signal }: { readonly fps?: number; readonly signal?: AbortSignal } = {},
  ): Promise<RawViewer> {
    const viewer = await this.#seat<RawPicture>(pv, signal);
    this.openedRaw.push({ pv, fps, viewer });
    this.#announce();
    return viewer;
  }

  /** What `glimpse` was asked for. */
  readonly glimpses: Omit<GlimpseOptions & { readonly pv: string }, "signal">[] = [];
  /** What `glimpse` gives: a frame that is held for its caller. Without it, `glimpse` rejects with `refusal` or waits. */
  frame: (() => CameraFrame) | undefined;
  /** What viewers were shown last. */
  shown: StreamPicture | undefined;
  /** The failures of jobs on frames that `glimpse` gave. */
  readonly failures: EncodeError[] = [];

  async glimpse(pv: string, { signal, ...wish }: GlimpseOptions): Promise<CameraFrame> {
    this.glimpses.push({ pv, ...wish });
    if (this.frame !== undefined) return this.frame();
    await this.#seat(pv, signal);
    throw new Error("the test gives no frame");
  }

  latest(): StreamPicture | undefined {
    return this.shown;
  }

  failed(pv: string, cause: EncodeError): ServiceError {
    this.failures.push(cause);
    return new ServiceError(cause.code === "bad-frame" ? "bad-image" : "no-image-yet", cause.message, {
      pv,
      cause,
    });
  }

  pvs(): string[] {
    return this.reports.map(({ pv }) => pv);
  }

  report(pv: string): StreamReport | undefined {
    return this.reports.find((report) => report.pv === pv);
  }

  /** Resolves at the next call of `open`. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.#openings.push(resolve));
  }

  /** The viewer of the `index`-th request, as soon as it is opened. */
  async viewer(index = 0): Promise<FakeViewer> {
    while (this.opened.length <= index) await this.asked();
    return this.opened[index]!.viewer;
  }

  /** The viewer of the `index`-th request for raw frames, as soon as it is opened. */
  async rawViewer(index = 0): Promise<FakeViewer<RawPicture>> {
    while (this.openedRaw.length <= index) await this.asked();
    return this.openedRaw[index]!.viewer;
  }

  async #seat<Picture extends PictureNotes>(
    pv: string,
    signal: AbortSignal | undefined,
  ): Promise<FakeViewer<Picture>> {
    if (this.searching) {
      this.#announce();
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      this.#leave();
      throw signal?.reason as Error;
    }
    if (this.refusal !== undefined) throw this.refusal as Error;
    const viewer = new FakeViewer<Picture>(pv);
    signal?.addEventListener("abort", () => viewer.close());
    return viewer;
  }

  #announce(): void {
    for (const resolve of this.#openings.splice(0)) resolve();
  }
}

/** A viewer with a mailbox for one picture, like the real one, filled by the test. */
export class FakeViewer<Picture extends PictureNotes = StreamPicture> implements Watching<Picture> {
  readonly drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
  /** The `repeatAfterMs` of each call of `next`. */
  readonly repeatAfter: (number | undefined)[] = [];
  /** What the route said that its socket had taken. */
  readonly sentPictures: { readonly sequence: number; readonly bytes: number }[] = [];
  readonly closed: Promise<void>;
  status: StreamStatus;
  listeners = new Set<(status: StreamStatus) => void>();
  #newest: Picture | undefined;
  #last: Picture | undefined;
  #waiting: ((picture: Picture | undefined) => void) | undefined;
  #ended = false;
  #close: () => void = () => {};

  constructor(pv: string) {
    this.closed = new Promise((resolve) => (this.#close = resolve));
    const { drops } = this;
    this.status = {
      pv,
      state: "live",
      reason: "Frames come.",
      cameraFps: 25,
      encodedFps: 25,
      viewers: 1,
      drops,
    };
  }

  get report(): ViewerReport {
    const pictures = this.sentPictures.length;
    const bytesOut = this.sentPictures.reduce((sum, { bytes }) => sum + bytes, 0);
    return { id: 1, openedAt: 0, fps: 30, outFps: 25, pictures, bytesOut, drops: this.drops };
  }

  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  withdraw(): void {
    this.#answer(() => undefined);
  }

  sent({ sequence }: Picture, bytes: number): void {
    this.sentPictures.push({ sequence, bytes });
  }

  next({ repeatAfterMs }: { readonly repeatAfterMs?: number } = {}): Promise<Picture | undefined> {
    this.repeatAfter.push(repeatAfterMs);
    if (this.#ended) return Promise.resolve(undefined);
    if (this.#newest !== undefined) return Promise.resolve(this.#take());
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** A new picture has come; it replaces one that was not taken. */
  show(picture: Picture): void {
    this.#newest = picture;
    this.#answer(() => this.#take());
  }

  /** The time the viewer was willing to wait is over. */
  repeat(): void {
    this.#answer(() => this.#last && { ...this.#last, repeat: true });
  }

  onStatus(task: (status: StreamStatus) => void): () => void {
    this.listeners.add(task);
    return () => void this.listeners.delete(task);
  }

  change(status: Partial<StreamStatus>): void {
    this.status = { ...this.status, ...status };
    for (const listener of this.listeners) listener(this.status);
  }

  close(): void {
    this.#ended = true;
    this.#answer(() => undefined);
    this.#close();
  }

  #take(): Picture | undefined {
    this.#last = this.#newest;
    this.#newest = undefined;
    return this.#last;
  }

  #answer(picture: () => Picture | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(picture());
  }
}

/** A picture whose bytes begin and end as a JPEG's do, tell its number, and are otherwise filling. */
export function picture(sequence: number, bytes = 32): StreamPicture {
  const jpeg = new Uint8Array(bytes).fill(sequence % 200);
  jpeg.set([0xff, 0xd8], 0);
  jpeg.set([0xff, 0xd9], bytes - 2);
  return {
    ...wholePicture(8, 8, 4095),
    jpeg,
    width: 8,
    height: 8,
    encoder: "fast",
    encodeMs: 1,
    sequence,
    uniqueId: 1000 + sequence,
    iocTime: Date.UTC(2026, 0, 1) + 123.456,
    cameraTime: undefined,
    receivedAt: 0,
    repeat: false,
    placeholder: false,
  };
}
