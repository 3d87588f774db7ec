/** The core as its users see it: a frame and a recipe in, a JPEG, RGBA or 8-bit samples out. */
import { COLOUR_CODE } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine } from "./engine.ts";
import type { ColourMode, Frame } from "./frame.ts";
import type { Inflaters } from "./inflaters.ts";
import { JobMemory } from "./job-memory.ts";
import { writeJpeg } from "./jpeg.ts";
import { encodeStripe, measureStripe } from "./jpeg-stripes.ts";
import type { Stripe, StripeOptions } from "./jpeg-stripes.ts";
import { countOf } from "./levels.ts";
import { buildOf, instantiate } from "./module.ts";
import type { CoreBuild } from "./module.ts";
import { passThrough } from "./pass-through.ts";
import { draw } from "./pipeline.ts";
import type { FileOptions, History, Picture, PictureFacts, PictureOptions } from "./picture.ts";
import { pngSource } from "./png-source.ts";
import type { PngSource } from "./png-source.ts";
import type { Measurement } from "./range.ts";
import type { Recipe } from "./recipe.ts";
import type { JpegDecoder } from "./unpack-jpeg.ts";
import { unpacked } from "./unpacked.ts";
import type { Unpacked } from "./unpacked.ts";

/** What {@link Core.load} takes. */
export interface CoreOptions {
  /** Forces a build; otherwise SIMD where the engine has it. */
  readonly build?: CoreBuild;
  /** The module, where it cannot be fetched from next to this file (single binaries, bundled pages). */
  readonly bytes?: BufferSource;
  /** The most bytes of memory this core may take, 1 GiB unless said; at most 4 GiB. */
  readonly memoryLimit?: number;
  /** For frames packed with zlib or zstd; without them such frames are an UnpackError `no-decoder`. */
  readonly inflaters?: Inflaters;
  /** For JPEG frames of which pixels are asked; without it such are an UnpackError `no-decoder`. */
  readonly jpegDecoder?: JpegDecoder;
}

const GIBIBYTE = 2 ** 30;

/**
 * One WebAssembly instance with its own memory. Calls are synchronous and use nothing of the call before. Every method
 * copies what is shown of the frame in once, and answers with a view of the core's memory that the next call overwrites.
 *
 * All throw FrameError for frames that contradict themselves, RecipeError `contradiction` for recipes that do, or that
 * the frame cannot fulfil, UnpackError for packed bytes, CoreError out-of-memory and too-large.
 */
export class Core {
  /** Which build runs. */
  readonly build: CoreBuild;
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.build = buildOf(engine.exports);
    this.#engine = engine;
  }

  /**
   * Loads the module; the same in Bun, in a worker and in a browser.
   *
   * @throws CoreError load-failed, abi-mismatch, wrong-build
   */
  static async load(options: CoreOptions = {}): Promise<Core> {
    const { build, bytes, memoryLimit = GIBIBYTE, inflaters, jpegDecoder } = options;
    const exports = await instantiate(build, bytes);
    const memory = new JobMemory(exports.memory, exports.freeStart() >>> 0, memoryLimit);
    return new Core({ exports, memory, inflaters, jpegDecoder });
  }

  /** Bytes of memory that the last call needed. The memory is as large as the most that any call needed, and stays so. */
  get memoryUsed(): number {
    return this.#engine.memory.used;
  }

  /**
   * The frame as a JPEG file: grey for mono, YCbCr for colour. A JPEG frame of whose pixels nothing is asked is its own
   * file, untouched: `jpeg` is then the frame's `pixels`. The recipe's `encoder` is not looked at: this one is `fast`.
   *
   * @param history what the picture before this one left (`Picture.history`), for the same PV and recipe
   * @param options of the file; a file passed through has none of them
   * @throws CoreError too-large-for-jpeg, besides what all methods throw
   */
  encodeJpeg(
    frame: Frame,
    recipe: Recipe,
    history: History = {},
    options: PictureOptions & FileOptions = {},
  ): Picture {
    // Whoever wants the samples counted has them decoded.
    const untouched = options.statistics === true ? undefined : passThrough(frame, recipe, history);
    if (untouched !== undefined) return untouched;
    const { exports, memory } = this.#engine;
    const { samples, unscaled, facts } = draw(this.#engine, frame, recipe, history, options, true);
    const { low, high } = facts.range;
    const fitted = recipe.adaptiveHuffman === true;
    const { jpeg, counts } = writeJpeg(exports, memory, samples.address, samples, recipe, {
      comment: options.comment,
      density: options.density,
      unscaled: unscaled ? { sampleType: samples.sampleType, low, high } : undefined,
      fitTo: fitted ? history.huffman : undefined,
      count: fitted,
    });
    if (counts === undefined) return { ...facts, jpeg };
    return { ...facts, jpeg, history: { ...facts.history, huffman: counts } };
  }

  /**
   * The frame as R G B A bytes with A = 255, row by row from the top, as ImageData takes them. With `colourMode` mono all
   * pixels are grey.
   */
  toRgba(
    frame: Frame,
    recipe: Recipe,
    history: History = {},
    options: PictureOptions = {},
  ): PictureFacts & { readonly rgba: Uint8ClampedArray<ArrayBuffer>; readonly colourMode: ColourMode } {
    const { exports, memory } = this.#engine;
    const { samples, facts } = draw(this.#engine, frame, recipe, history, options);
    const { address, width, height, colourMode } = samples;
    const bytes = 4 * width * height;
    const target = memory.take(bytes);
    accept(exports.toRgba(COLOUR_CODE[colourMode], address, width, height, target), "toRgba");
    const { buffer, byteOffset } = memory.view(target, bytes);
    return { ...facts, rgba: new Uint8ClampedArray(buffer, byteOffset, bytes), colourMode };
  }

  /** The picture's samples as 8-bit levels, laid out as `colourMode` says: as the frame's, rgb1 where it has none. */
  toSamples(
    frame: Frame,
    recipe: Recipe,
    history: History = {},
    options: PictureOptions = {},
  ): PictureFacts & { readonly samples: Uint8Array<ArrayBuffer>; readonly colourMode: ColourMode } {
    const { samples, facts } = draw(this.#engine, frame, recipe, history, options);
    const { address, colourMode } = samples;
    return { ...facts, samples: this.#engine.memory.view(address, countOf(samples)), colourMode };
  }

  /** Smallest and largest finite sample of a stripe, which `mergeMeasurements` and `rangeFrom` make a range of. */
  measureStripe(frame: Frame, recipe: Recipe, stripe: Stripe): Measurement {
    return measureStripe(this.#engine, frame, recipe, stripe);
  }

  /**
   * A stripe's piece of the JPEG file of a frame that `canStripe`; pieces of all stripes, one behind the other, are the file.
   *
   * @param range of the whole picture, decided before
   * @throws FrameError bad-colour-mode where `canStripe` says no; CoreError too-large-for-jpeg
   */
  encodeStripe(
    frame: Frame,
    recipe: Recipe,
    stripe: Stripe,
    range: Measurement,
    options: StripeOptions = {},
  ): Uint8Array<ArrayBuffer> {
    return encodeStripe(this.#engine, frame, recipe, stripe, range, options);
  }

  /** What a PNG file of the frame holds; 16 bits are kept where the frame has them. Writing the file is the caller's. */
  toPngSource(frame: Frame, recipe: Recipe, history: History = {}, options: PictureOptions = {}): PngSource {
    return pngSource(this.#engine, frame, recipe, history, options);
  }

  /** The array that the camera sent, unpacked; nothing else is done to it. */
  unpacked(frame: Frame): Unpacked {
    return unpacked(this.#engine, frame);
  }
}
