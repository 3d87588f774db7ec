/** The core as its users see it: a frame and a recipe in, a JPEG, RGBA or 8-bit samples out. */
import { COLOUR_CODE, sampleCode } from "./abi.ts";
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";
import { COLOUR_MODES, bytesPerSample, samplesPerPixel } from "./frame.ts";
import type { ColourMode, Frame, PictureShape } from "./frame.ts";
import { FrameError, checkFrame } from "./frame-check.ts";
import { JobMemory } from "./job-memory.ts";
import { encodeSamples } from "./jpeg.ts";
import { buildOf, instantiate } from "./module.ts";
import type { CoreBuild } from "./module.ts";
import { needsMeasurement, safeRange } from "./range.ts";
import type { AppliedRange, Measurement } from "./range.ts";
import type { Recipe } from "./recipe.ts";

/** What {@link Core.load} takes. */
export interface CoreOptions {
  /** Forces a build; otherwise SIMD where the engine has it. */
  readonly build?: CoreBuild;
  /** The module, where it cannot be fetched from next to this file (single binaries, bundled pages). */
  readonly bytes?: BufferSource;
  /** The most bytes of memory this core may take, 1 GiB unless said; at most 4 GiB. */
  readonly memoryLimit?: number;
}

const GIBIBYTE = 2 ** 30;

/** 8-bit samples in the core's memory, laid out as the frame was. */
interface Levels {
  readonly address: number;
  readonly count: number;
  readonly picture: PictureShape;
  readonly range: AppliedRange;
}

/**
 * One WebAssembly instance with its own memory. Calls are synchronous and use nothing of the call before. Every method
 * copies the frame in once, and answers with a view of the core's memory that the next call overwrites.
 */
export class Core {
  /** Which build runs. */
  readonly build: CoreBuild;
  readonly #exports: CoreExports;
  readonly #memory: JobMemory;

  private constructor(exports: CoreExports, memoryLimit: number) {
    this.build = buildOf(exports);
    this.#exports = exports;
    this.#memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, memoryLimit);
  }

  /**
   * Loads the module; the same in Bun, in a worker and in a browser.
   *
   * @throws CoreError load-failed, abi-mismatch, wrong-build
   */
  static async load(options: CoreOptions = {}): Promise<Core> {
    const exports = await instantiate(options.build, options.bytes);
    return new Core(exports, options.memoryLimit ?? GIBIBYTE);
  }

  /**
   * The frame as a JPEG file: grey for mono, YCbCr for colour. The recipe's `encoder` is not looked at: this one is `fast`.
   *
   * @throws FrameError; CoreError out-of-memory, too-large-for-jpeg
   */
  encodeJpeg(frame: Frame, recipe: Recipe): { jpeg: Uint8Array<ArrayBuffer>; range: AppliedRange } {
    const levels = this.#levels(frame, recipe);
    const jpeg = encodeSamples(this.#exports, this.#memory, levels.address, levels.picture, recipe);
    return { jpeg, range: levels.range };
  }

  /**
   * The frame as R G B A bytes with A = 255, row by row from the top, as ImageData takes them.
   *
   * @throws FrameError; CoreError out-of-memory
   */
  toRgba(frame: Frame, recipe: Recipe): { rgba: Uint8ClampedArray<ArrayBuffer>; range: AppliedRange } {
    const levels = this.#levels(frame, recipe);
    const { width, height, colourMode } = levels.picture;
    const bytes = 4 * width * height;
    const target = this.#memory.take(bytes);
    accept(this.#exports.toRgba(COLOUR_CODE[colourMode], levels.address, width, height, target), "toRgba");
    const { buffer, byteOffset } = this.#memory.view(target, bytes);
    return { rgba: new Uint8ClampedArray(buffer, byteOffset, bytes), range: levels.range };
  }

  /**
   * The frame's samples as 8-bit levels, in the order in which the frame has them.
   *
   * @throws FrameError; CoreError out-of-memory
   */
  toSamples(frame: Frame, recipe: Recipe): { samples: Uint8Array<ArrayBuffer>; range: AppliedRange } {
    const levels = this.#levels(frame, recipe);
    return { samples: this.#memory.view(levels.address, levels.count), range: levels.range };
  }

  #levels(frame: Frame, recipe: Recipe): Levels {
    checkFrame(frame);
    const picture = pictureOf(frame);
    const { sampleType } = frame;
    const count = picture.width * picture.height * samplesPerPixel(picture.colourMode);
    const input = this.#copyIn(frame, count);
    const measured = needsMeasurement(recipe.range, sampleType)
      ? this.#measure(sampleCode(sampleType), input, count)
      : undefined;
    const range = safeRange(recipe.range, sampleType, measured);
    // These bytes are their own levels.
    if (sampleType === "uint8" && range.low === 0 && range.high === 255)
      return { address: input, count, picture, range };
    const address = this.#memory.take(count);
    const code = sampleCode(sampleType);
    accept(this.#exports.scale(code, input, count, address, range.low, range.high), "scale");
    return { address, count, picture, range };
  }

  #copyIn(frame: Frame, count: number): number {
    this.#memory.startJob();
    const address = this.#memory.take(frame.pixels.byteLength);
    this.#memory.view(address, frame.pixels.byteLength).set(frame.pixels);
    const bytes = bytesPerSample(frame.sampleType);
    if (frame.bigEndian && bytes > 1) accept(this.#exports.swapBytes(bytes, address, count), "swapBytes");
    return address;
  }

  #measure(code: number, input: number, count: number): Measurement {
    accept(this.#exports.measure(code, input, count), "measure");
    const found = this.#memory.words(this.#exports.measurementAddress() >>> 0, 16);
    return { low: found.getFloat64(0, true), high: found.getFloat64(8, true) };
  }
}

/** As long as the stages for the others are not here. */
function pictureOf({ width, height, colourMode, codec = "none" }: Frame): PictureShape {
  if (codec !== "none") throw new FrameError("bad-codec", `codec ${codec}: none is unpacked here yet`);
  const known = COLOUR_MODES.find((mode: ColourMode) => mode === colourMode);
  if (known === undefined)
    throw new FrameError("bad-colour-mode", `colour mode ${colourMode}: not drawn yet`);
  return { width, height, colourMode: known };
}

/** Everything was checked before the call, so a refusal is a fault of this program. */
function accept(result: number, name: string): void {
  if (result >= 0) return;
  throw new CoreError("refused", `the core refused ${name} with result ${result}`, { have: result });
}
