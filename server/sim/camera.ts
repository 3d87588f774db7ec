import { NTNDARRAY_PVXS, type Pv, SharedPv } from "../pva/index.ts";
import type { Clock } from "../clock.ts";
import { formatCameraName } from "./camera-name.ts";
import { CATCH_UP_MS, RENDER_SLICE_MS } from "./limits.ts";
import { FRAME_FIELDS, ndarrayOf } from "./ndarray.ts";
import type { Packer } from "./packer.ts";
import { PictureRing } from "./picture-ring.ts";
import type { CameraSpec } from "./vocabulary.ts";

/** What a camera needs around it. */
export interface CameraDeps {
  readonly clock: Clock;
  /** Compresses the frames of cameras that do so. */
  readonly packer: Packer;
  /** May it hold this many bytes? Asked when the first watcher comes. */
  readonly reserve: (bytes: number) => boolean;
  /** Gives back what was reserved. */
  readonly free: (bytes: number) => void;
  /** The camera could not get its memory: its channels should go. */
  readonly refused: (camera: SimulatedCamera) => void;
}

/**
 * A camera that takes pictures only while somebody watches:
 *
 *     idle ── first watcher ──→ drawing the first picture ──→ taking frames ── last watcher leaves ──→ idle
 *                                                             (and drawing the rest of the ring in between)
 *
 * Frames are numbered from 1 on, without gaps; the number goes on after a pause.
 */
export class SimulatedCamera {
  readonly spec: CameraSpec;
  readonly pv: Pv;
  readonly #shared: SharedPv;
  readonly #deps: CameraDeps;
  #ring: PictureRing | undefined;
  #frames = 0;
  #due = 0;
  #cancelDrawing: (() => void) | undefined;
  #cancelFrame: (() => void) | undefined;
  /** A frame is being compressed. */
  #packing = false;

  constructor(spec: CameraSpec, deps: CameraDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.#shared = new SharedPv(NTNDARRAY_PVXS, {
      firstWatcher: () => this.#start(),
      lastWatcher: () => this.#stop(),
    });
    this.pv = this.#shared;
  }

  /** Its full name, nothing left to defaults. */
  get name(): string {
    return formatCameraName(this.spec);
  }

  /** Whether somebody watches. */
  get isWatched(): boolean {
    return this.#shared.watchers > 0;
  }

  #start(): void {
    const ring = new PictureRing(this.spec);
    const granted = this.#deps.reserve(ring.totalBytes);
    if (granted) this.#ring = ring;
    // Not within `watch`: whoever is beginning to watch should be done with that first.
    this.#cancelDrawing = this.#deps.clock.after(0, () => {
      if (granted) this.#draw(ring);
      else this.#deps.refused(this);
    });
  }

  #stop(): void {
    this.#cancelDrawing?.();
    this.#cancelFrame?.();
    this.#cancelDrawing = this.#cancelFrame = undefined;
    if (this.#ring !== undefined) this.#deps.free(this.#ring.totalBytes);
    this.#ring = undefined;
    this.#shared.forget();
  }

  /** Draws for one slice or to the next whole picture, then lets others work; frames begin with the first picture. */
  #draw(ring: PictureRing): void {
    const { clock } = this.#deps;
    const before = ring.ready;
    const until = clock.now() + RENDER_SLICE_MS;
    const complete = ring.draw(() => ring.ready === before && clock.now() < until);
    this.#cancelDrawing = complete ? undefined : clock.after(0, () => this.#draw(ring));
    if (before > 0 || ring.ready === 0) return;
    this.#due = clock.now();
    this.#takeFrames(ring);
  }

  /**
   * Takes the frame that is due, and those a late timer has let pass; forgives what is too long ago. While one is being
   * compressed no other is taken: a camera that is asked for more than can be compressed is slower.
   */
  #takeFrames(ring: PictureRing): void {
    const { clock } = this.#deps;
    const interval = 1000 / this.spec.framesPerSecond;
    const now = clock.now();
    this.#due = Math.max(this.#due, now - CATCH_UP_MS);
    while (this.#due <= now && this.#ring === ring && !this.#packing) {
      this.#frames++;
      this.#due += interval;
      this.#take(ring, this.#frames);
    }
    // A post may have sent the last watcher away (a GET that has its answer), or even brought a new one.
    if (this.#ring !== ring || this.#packing) return;
    this.#cancelFrame = clock.after(Math.max(0, this.#due - clock.now()), () => this.#takeFrames(ring));
  }

  #take(ring: PictureRing, counter: number): void {
    const takenAt = this.#deps.clock.wallTime();
    const parts = ring.frame(counter);
    if (this.spec.codec === "none") this.#post(parts, counter, takenAt);
    else void this.#takePacked(ring, parts, counter, takenAt);
  }

  /** Compressing is done for the whole frame, number and all; what it makes is dropped if nobody watches any more. */
  async #takePacked(
    ring: PictureRing,
    parts: readonly Uint8Array[],
    counter: number,
    takenAt: number,
  ): Promise<void> {
    this.#packing = true;
    // The packer has logged what went wrong; the camera goes on with its next frame.
    const packed = await this.#deps.packer.pack(this.spec, parts).catch(() => undefined);
    this.#packing = false;
    if (this.#ring === undefined) return;
    if (packed !== undefined && this.#ring === ring) this.#post([packed], counter, takenAt);
    this.#resume();
  }

  /** After a frame that was compressed: it may have been of a ring before this one. */
  #resume(): void {
    const ring = this.#ring;
    if (ring !== undefined && ring.ready > 0) this.#takeFrames(ring);
  }

  #post(parts: readonly Uint8Array[], counter: number, takenAt: number): void {
    this.#shared.post(ndarrayOf(this.spec, parts, counter, takenAt), FRAME_FIELDS);
  }
}
