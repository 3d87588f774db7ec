import type {
  CameraFrame,
  ImageFault,
  Source,
  SourceListener,
  SourceState,
} from "../../server/source/index.ts";

/** Counts the holds on frames: who retains and releases in balance ends at zero. */
export class Holds {
  count = 0;
  /** The most that were held at a time. */
  peak = 0;

  change(by: 1 | -1): void {
    this.count += by;
    this.peak = Math.max(this.peak, this.count);
  }
}

/** What a test may say of an image. */
interface FakeImage {
  readonly missed?: number;
  readonly width?: number;
  readonly iocTime?: number;
}

class FakeFrame implements CameraFrame {
  readonly width: number;
  readonly height = 2;
  readonly sampleType = "uint8";
  readonly colourMode = "mono";
  readonly bigEndian = false;
  readonly pixels: Uint8Array;
  readonly iocTime: number | undefined;
  readonly cameraTime = undefined;
  readonly sequence: number;
  readonly uniqueId: number;
  readonly missed: number;
  readonly receivedAt: number;
  readonly #holds: Holds;
  #holders = 1;

  constructor(
    sequence: number,
    { missed = 0, width = 4, iocTime }: FakeImage,
    receivedAt: number,
    holds: Holds,
  ) {
    this.width = width;
    this.pixels = new Uint8Array(width * this.height).fill(sequence);
    this.iocTime = iocTime;
    this.sequence = sequence;
    this.uniqueId = sequence * 10;
    this.missed = missed;
    this.receivedAt = receivedAt;
    this.#holds = holds;
    holds.change(1);
  }

  retain(): void {
    if (this.#holders === 0) throw new Error(`frame ${this.sequence} was retained after its end`);
    this.#holders++;
    this.#holds.change(1);
  }

  release(): void {
    if (this.#holders === 0) throw new Error(`frame ${this.sequence} was released too often`);
    this.#holders--;
    this.#holds.change(-1);
  }
}

/** A source whose frames, states and faults the test decides. */
export class FakeSource implements Source {
  readonly holds: Holds;
  stopped = false;
  #newest: FakeFrame | undefined;
  #sequence = 0;
  readonly #listener: SourceListener;
  readonly #now: () => number;

  constructor(listener: SourceListener, holds: Holds, now: () => number) {
    this.#listener = listener;
    this.holds = holds;
    this.#now = now;
  }

  get newest(): CameraFrame | undefined {
    return this.#newest;
  }

  get published(): number {
    return this.#sequence;
  }

  publish(image: FakeImage = {}): void {
    if (this.stopped) return;
    const previous = this.#newest;
    this.#newest = new FakeFrame(++this.#sequence, image, this.#now(), this.holds);
    previous?.release();
    this.#listener.frame(this.#newest);
  }

  state(state: SourceState): void {
    if (!this.stopped) this.#listener.state(state);
  }

  connect(): void {
    this.state({ kind: "connected", server: "10.0.0.7:5075" });
  }

  /** An image comes that there is no slot for. */
  skip(): void {
    if (!this.stopped) this.#listener.skipped();
  }

  /** Memory is short: the newest image's is filled anew with one that is not whole yet. */
  refill(): void {
    this.#newest?.release();
    this.#newest = undefined;
  }

  fault(fault: ImageFault): void {
    if (!this.stopped) this.#listener.fault(fault);
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.refill();
  }
}
