import type { CameraFrame, ImageFault, Source, SourceState } from "../source/index.ts";
import type { FrameLedger } from "./frame-ledger.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { type LossName, RateMeter } from "./statistics.ts";
import type { StreamLife } from "./stream-life.ts";
import type { StreamTools } from "./stream-tools.ts";
import { CameraTrouble, type Trouble } from "./trouble.ts";

/** Who wants to know what the camera does. */
export interface CameraListener {
  /** Frame `sequence` is about to be replaced as the newest; returns what becomes of it if nobody encodes it. */
  superseded(sequence: number): LossName | undefined;
  /** A new newest frame. */
  frame(frame: CameraFrame): void;
  /** A frame came that nobody could have. */
  lost(name: LossName): void;
  /** What comes is no image. */
  notAnImage(fault: ImageFault): void;
  /** There was no memory for an image. */
  starved(): void;
  /** Frames look different from now on. */
  reshaped(): void;
  /** There is trouble, or it has changed. */
  troubled(): void;
}

/** A stream's side to its camera: what came, how it looks, how fast it comes, and what is wrong with it. */
export class CameraSide {
  readonly #clock: StreamTools["clock"];
  readonly #life: StreamLife;
  readonly #ledger: FrameLedger;
  readonly #listener: CameraListener;
  readonly #source: Source;
  readonly #trouble: CameraTrouble;
  readonly #arrivals = new RateMeter();
  #sequence = 0;
  #lastFrameAt: number | undefined;
  #staleUpTo = 0;
  #shape: Shape | undefined;
  #fault: ImageFault | undefined;

  /**
   * Begins to watch a PV.
   * @param stallMs for how long frames must fail to be trouble, milliseconds
   * @param life told what happens
   * @param ledger told of frames that come
   */
  constructor(
    pv: string,
    { clock, openSource }: Pick<StreamTools, "clock" | "openSource">,
    stallMs: number,
    life: StreamLife,
    ledger: FrameLedger,
    listener: CameraListener,
  ) {
    this.#clock = clock;
    this.#life = life;
    this.#ledger = ledger;
    this.#listener = listener;
    this.#trouble = new CameraTrouble(clock, stallMs, life.reason);
    this.#source = openSource(pv, {
      state: (state) => this.#follow(state),
      frame: (frame) => this.#takeFrame(frame),
      skipped: () => this.#takeSkipped(),
      fault: (fault) => this.#takeFault(fault),
    });
  }

  get newest(): CameraFrame | undefined {
    return this.#source.newest;
  }

  /** Frames a second. */
  get fps(): number {
    return this.#arrivals.rate(this.#clock.now());
  }

  /** When the last image came, by `Clock.now()`; undefined before the first. */
  get lastFrameAt(): number | undefined {
    return this.#lastFrameAt;
  }

  /** Frames up to this sequence are from before a lost connection. */
  get staleUpTo(): number {
    return this.#staleUpTo;
  }

  /** What the frames look like; undefined before the first. */
  get shape(): Shape | undefined {
    return this.#shape;
  }

  /** What was wrong with the last update; undefined when it was an image. */
  get fault(): ImageFault | undefined {
    return this.#fault;
  }

  /** Why there are no pictures; undefined while there may be. */
  get trouble(): Trouble | undefined {
    return this.#trouble.current;
  }

  /** Why nothing has come yet, in better words. */
  explain(reason: string): void {
    if (this.#lastFrameAt === undefined) this.#trouble.explain(reason);
  }

  stop(): void {
    this.#source.stop();
    this.#ledger.retire("skipped");
  }

  #follow(state: SourceState): void {
    // What comes over another connection may be another thing altogether.
    this.#fault = undefined;
    if (state.kind === "connected") {
      this.#life.answered(state.server);
      this.#trouble.explain(this.#life.condition.reason);
    } else if (state.kind === "disconnected") {
      this.#staleUpTo = this.#sequence;
      this.#life.disconnected(state.reason);
      this.#trouble.lost(this.#life.condition.reason);
    }
    this.#listener.troubled();
  }

  #takeFrame(frame: CameraFrame): void {
    this.#ledger.arrive(frame.sequence, this.#listener.superseded(this.#sequence) ?? "skipped");
    this.#ledger.missed(frame.missed);
    this.#sequence = frame.sequence;
    this.#cameImage();
    const shape = shapeOf(frame, this.#shape);
    const changed = shape !== this.#shape;
    this.#shape = shape;
    if (changed) this.#listener.reshaped();
    this.#life.image();
    this.#listener.frame(frame);
  }

  /** An image came and is gone again, because workers were reading from every slot. */
  #takeSkipped(): void {
    this.#loseFrame("skipped");
    this.#cameImage();
    this.#life.image();
  }

  #cameImage(): void {
    const now = this.#clock.now();
    this.#arrivals.mark(now);
    this.#lastFrameAt = now;
    this.#fault = undefined;
    this.#trouble.image();
  }

  #takeFault(fault: ImageFault): void {
    this.#fault = fault;
    // That the PV as such is no image is known when it is connected, before it sends anything.
    if (fault.kind !== "structure") this.#loseFrame("failed");
    this.#life.fault(fault.message);
    this.#trouble.fault(fault.message);
    if (fault.kind === "memory") this.#listener.starved();
    if (fault.code === "not-an-image") this.#listener.notAnImage(fault);
    this.#listener.troubled();
  }

  /** A frame is gone before anybody could have it. */
  #loseFrame(name: LossName): void {
    this.#ledger.arriveLost(name);
    this.#listener.lost(name);
  }
}
