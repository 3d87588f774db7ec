import { NTNDARRAY_PVXS, type Pv, SharedPv } from "../pva/index.ts";
import type { Core } from "../../wasm/core/index.ts";
import type { Clock } from "../clock.ts";
import { formatCameraName } from "./camera-name.ts";
import { type Compressor, compressorFor } from "./codec/compress.ts";
import { CATCH_UP_MS, RENDER_SLICE_MS } from "./limits.ts";
import { FRAME_FIELDS, ndarrayOf } from "./ndarray.ts";
import { PictureRing } from "./picture-ring.ts";
import type { CameraSpec } from "./vocabulary.ts";

/** What a camera needs around it. */
export interface CameraDeps {
  readonly clock: Clock;
  /** Makes the JPEGs of cameras that compress. */
  readonly core: Core;
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
  readonly #compress: Compressor | undefined;
  #ring: PictureRing | undefined;
  #frames = 0;
  #due = 0;
  #cancelDrawing: (() => void) | undefined;
  #cancelFrame: (() => void) | undefined;

  constructor(spec: CameraSpec, deps: CameraDeps) {
    this.spec = spec;
    this.#deps = deps;
    this.#compress = compressorFor(spec, deps.core);
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

  /** Takes the frame that is due, and those a late timer has let pass; forgives what is too long ago. */
  #takeFrames(ring: PictureRing): void {
    const { clock } = this.#deps;
    const interval = 1000 / this.spec.framesPerSecond;
    const now = clock.now();
    this.#due = Math.max(this.#due, now - CATCH_UP_MS);
    while (this.#due <= now && this.#ring === ring) {
      this.#frames++;
      this.#due += interval;
      const parts = this.#compressed(ring.frame(this.#frames));
      const frame = ndarrayOf(this.spec, parts, this.#frames, clock.wallTime());
      this.#shared.post(frame, FRAME_FIELDS);
    }
    // A post may have sent the last watcher away (a GET that has its answer), or even brought a new one.
    if (this.#ring !== ring) return;
    this.#cancelFrame = clock.after(Math.max(0, this.#due - clock.now()), () => this.#takeFrames(ring));
  }

  /** Compressing is done for the whole frame, number and all: it is the one thing here that costs time for each. */
  #compressed(parts: readonly Uint8Array[]): readonly Uint8Array[] {
    return this.#compress === undefined ? parts : [this.#compress(Buffer.concat(parts))];
  }
}
