import {
  type EncodedNpy,
  type EncodedPicture,
  type EncodedPng,
  EncodeError,
  type EncodeJob,
  EncoderChoice,
  type EncoderName,
  type NpyJob,
  type PlaceholderJob,
  type PngJob,
} from "../../server/encode/index.ts";
import type { SnapshotEncoder } from "../../server/http/snapshot-jobs.ts";
import type { CameraFrame } from "../../server/source/index.ts";
import { wholePicture } from "../support/picture-facts.ts";

/** A frame of 8 × 8 that counts who holds it; its maker does from the beginning. */
export class FakeFrame implements CameraFrame {
  readonly width = 8;
  readonly height = 8;
  readonly sampleType = "uint8";
  readonly colourMode = "mono";
  readonly bigEndian = false;
  readonly pixels = new Uint8Array(64);
  readonly missed = 0;
  readonly iocTime: number | undefined = Date.UTC(2026, 0, 1) + 123.456;
  readonly cameraTime: number | undefined = Date.UTC(1999, 0, 1);
  readonly sequence: number;
  readonly uniqueId: number;
  readonly receivedAt: number;
  holders = 1;

  constructor(sequence: number, receivedAt = sequence) {
    this.sequence = sequence;
    this.uniqueId = 1000 + sequence;
    this.receivedAt = receivedAt;
  }

  retain(): void {
    if (this.holders === 0) throw new Error(`frame ${this.sequence} was retained after its end`);
    this.holders++;
  }

  release(): void {
    if (this.holders === 0) throw new Error(`frame ${this.sequence} was released too often`);
    this.holders--;
  }
}

/** A job that a fake pool was given. */
export interface FakeJob {
  readonly kind: "jpg" | "png" | "npy";
  readonly frame: CameraFrame;
  readonly encoder?: EncoderName;
  /** Ends it well, or with an error. */
  end(error?: Error): void;
}

/** A pool with as many idle workers as the test says; its jobs end when the test says. */
export class FakePool implements SnapshotEncoder {
  readonly busyFraction = 0;
  /** Every job, in the order of their beginning. */
  readonly jobs: FakeJob[] = [];
  /** Whether jobs end at once. */
  quick = true;
  readonly #waiting = new Set<() => void>();
  readonly #patient = new Set<(reason: unknown) => void>();
  #closed = false;
  #idle: number;

  constructor(idle = Infinity) {
    this.#idle = idle;
  }

  /** Those who wait for a worker. */
  get waiting(): number {
    return this.#waiting.size;
  }

  whenIdle(task: () => void): () => void {
    const turn = (): void => task();
    this.#waiting.add(turn);
    queueMicrotask(() => this.#serve());
    return () => void this.#waiting.delete(turn);
  }

  async inTurn<T>(_asker: unknown, begin: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#closed) throw closed();
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const withdraw = this.whenIdle(() => resolve(begin()));
    this.#patient.add(reject);
    signal?.addEventListener("abort", () => {
      withdraw();
      reject(signal.reason);
    });
    return promise.finally(() => this.#patient.delete(reject));
  }

  /** As a pool that is closed: who waits for a turn gets none. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
    for (const reject of this.#patient) reject(closed());
  }

  /** So many workers become idle. */
  free(workers: number): void {
    this.#idle += workers;
    this.#serve();
  }

  encode({ frame, encoder }: EncodeJob): Promise<EncodedPicture> {
    const facts = { ...wholePicture(8, 8), width: 8, height: 8, encoder, encodeMs: 1 };
    return this.#job("jpg", frame, { ...facts, jpeg: fileOf("jpg", frame) }, encoder);
  }

  encodePng({ frame }: PngJob): Promise<EncodedPng> {
    const facts = { ...wholePicture(8, 8), depth: 16, raw: true, offset: 32768 } as const;
    return this.#job("png", frame, { ...facts, png: fileOf("png", frame) });
  }

  encodeNpy({ frame }: NpyJob): Promise<EncodedNpy> {
    return this.#job("npy", frame, { npy: fileOf("npy", frame), shape: [8, 8], dtype: "|u1" });
  }

  drawPlaceholder({ lines, size = { width: 640, height: 480 } }: PlaceholderJob): Promise<EncodedPicture> {
    const jpeg = new TextEncoder().encode(lines.join("|"));
    const picture = {
      ...wholePicture(size.width, size.height),
      ...size,
      encoder: "fast",
      encodeMs: 1,
    } as const;
    return Promise.resolve({ ...picture, jpeg });
  }

  #serve(): void {
    for (const turn of [...this.#waiting]) {
      if (this.#idle <= 0) return;
      if (this.#waiting.delete(turn)) turn();
    }
  }

  #job<Result>(
    kind: FakeJob["kind"],
    frame: CameraFrame,
    result: Result,
    encoder?: EncoderName,
  ): Promise<Result> {
    this.#idle--;
    frame.retain();
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const end = (error?: Error): void => {
      frame.release();
      this.#idle++;
      if (error === undefined) resolve(result);
      else reject(error);
    };
    this.jobs.push({ kind, frame, end, ...(encoder === undefined ? {} : { encoder }) });
    if (this.quick) end();
    return promise;
  }
}

function closed(): EncodeError {
  return new EncodeError("closed", "The encoders were closed.");
}

/** What the web side makes snapshots with, where a test makes none. */
export function fakeSnapshots(): { readonly encoder: FakePool; readonly newChoice: () => EncoderChoice } {
  return { encoder: new FakePool(), newChoice: () => new EncoderChoice() };
}

/** A file that tells of what it was made. */
export function fileOf(
  kind: FakeJob["kind"],
  { uniqueId }: Pick<CameraFrame, "uniqueId">,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${kind} of ${uniqueId}`);
}
