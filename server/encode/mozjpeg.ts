import type { EncodeOptions as PackageOptions } from "@jsquash/jpeg/codec/enc/mozjpeg_enc.js";
import type { Recipe } from "../../wasm/core/index.ts";

/** MozJpegColorSpace of the package: a const enum, of which nothing is left at run time. */
const GRAYSCALE = 1;
const YCBCR = 3;
/** Largest width and height that libjpeg takes (JPEG_MAX_DIMENSION in its jmorecfg.h). */
const MAX_SIDE = 65500;

type EncodeOptions = Omit<PackageOptions, "color_space"> & {
  readonly color_space: typeof GRAYSCALE | typeof YCBCR;
};

/** The started encoder, as far as it is used here. */
interface MozjpegModule {
  encode(
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    options: EncodeOptions,
  ): Uint8Array<ArrayBuffer>;
}

/** What the package's glue really takes; its own types describe another callback and lean on a global namespace. */
type StartMozjpeg = (options: {
  readonly noInitialRun: boolean;
  instantiateWasm(
    imports: WebAssembly.Imports,
    started: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
}) => Promise<MozjpegModule>;

/** mozjpeg could not encode a picture. */
class MozjpegError extends Error {
  override readonly name = "MozjpegError";
  readonly code = "mozjpeg";
}

/**
 * The encoder of @jsquash/jpeg (mozjpeg in WebAssembly), started from the WASM file that the package brings along: no
 * network, no global state.
 */
export class Mozjpeg {
  readonly #module: MozjpegModule;

  private constructor(module: MozjpegModule) {
    this.#module = module;
  }

  /** Loads and starts it, about 10 ms; called when it is first needed, for most runs never need it. */
  static async load(): Promise<Mozjpeg> {
    const glue = (await import("@jsquash/jpeg/codec/enc/mozjpeg_enc.js")) as unknown as {
      default: StartMozjpeg;
    };
    const file = await import("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm", { with: { type: "file" } });
    const compiled = await WebAssembly.compile(await Bun.file(file.default).arrayBuffer());
    const module = await glue.default({
      noInitialRun: true,
      instantiateWasm(imports, started) {
        const instance = new WebAssembly.Instance(compiled, imports);
        started(instance);
        return instance.exports;
      },
    });
    return new Mozjpeg(module);
  }

  /**
   * Encodes one picture.
   * @param rgba width × height × 4 bytes; alpha is ignored; not kept
   * @param picture size in pixels; `grey` writes one component from R = G = B
   * @param recipe `quality` 1–100 and, for colour, `subsampling`
   * @returns the JPEG, in a buffer of its own
   * @throws MozjpegError; after one that is not about the size the encoder may be spoilt and should be loaded anew
   */
  encode(
    rgba: Uint8ClampedArray,
    picture: { readonly width: number; readonly height: number; readonly grey: boolean },
    recipe: Pick<Recipe, "quality" | "subsampling">,
  ): ArrayBuffer {
    const { width, height, grey } = picture;
    if (Math.max(width, height) > MAX_SIDE)
      throw new MozjpegError(
        `${width} × ${height} pixels are too many for a JPEG: each side has at most ${MAX_SIDE}.`,
      );
    try {
      const jpeg = this.#module.encode(rgba, width, height, options(grey, recipe));
      return jpeg.buffer;
    } catch (cause) {
      throw new MozjpegError(`mozjpeg failed on ${width} × ${height} pixels.`, { cause });
    }
  }
}

/**
 * Sequential with optimised Huffman tables: half the time of mozjpeg's progressive default for 3–20 % more bytes, and
 * quicker to decode in the browser. Trellis quantisation stays on; it makes most of the difference to the fast encoder.
 */
function options(
  grey: boolean,
  { quality, subsampling }: Pick<Recipe, "quality" | "subsampling">,
): EncodeOptions {
  return {
    quality,
    baseline: true,
    arithmetic: false,
    progressive: false,
    optimize_coding: true,
    smoothing: 0,
    color_space: grey ? GRAYSCALE : YCBCR,
    quant_table: 3,
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1, // 0 divides by zero inside
    auto_subsample: false,
    chroma_subsample: subsampling === "420" ? 2 : 1,
    separate_chroma_quality: false,
    chroma_quality: quality,
  };
}
