import type { DecodedJpeg } from "../../wasm/core/index.ts";

/** The started decoder of the package, as far as it is used here. */
interface DecoderModule {
  decode(file: Uint8Array, preserveOrientation: boolean): DecodedJpeg | null;
}

/** What the package's glue really takes; its own types describe another callback and lean on a global namespace. */
type StartDecoder = (options: {
  readonly noInitialRun: boolean;
  /** What libjpeg has to say of a file: the error tells it. */
  readonly printErr: (line: string) => void;
  instantiateWasm(
    imports: WebAssembly.Imports,
    started: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports;
}) => Promise<DecoderModule>;

/** What the glue makes of its pixels; workers of Bun have no such class of their own. */
class DecodedPixels implements DecodedJpeg {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;

  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/**
 * The decoder of @jsquash/jpeg (libjpeg in WebAssembly), for cameras that send JPEG and viewers that ask for more than
 * the camera's own file.
 */
export class JpegDecoder {
  readonly #module: DecoderModule;

  private constructor(module: DecoderModule) {
    this.#module = module;
  }

  /** Loads and starts it, about 10 ms; called when it is first needed, for most runs never need it. */
  static async load(): Promise<JpegDecoder> {
    const glue: { readonly default: unknown } = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
    const start = glue.default as StartDecoder;
    const file = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", { with: { type: "file" } });
    const compiled = await WebAssembly.compile(await Bun.file(file.default).arrayBuffer());
    provideImageData();
    const module = await start({
      noInitialRun: true,
      printErr: () => undefined,
      instantiateWasm(imports, started) {
        const instance = new WebAssembly.Instance(compiled, imports);
        started(instance);
        return instance.exports;
      },
    });
    return new JpegDecoder(module);
  }

  /**
   * @param file a whole JPEG of 8 bits
   * @returns R G B A in memory of its own
   * @throws Error for files that cannot be decoded
   */
  decode(file: Uint8Array): DecodedJpeg {
    const decoded = this.#module.decode(file, false);
    if (decoded === null) throw new Error("no picture came out of the file");
    return decoded;
  }
}

/** The glue calls `new ImageData(…)` of the global scope, as browsers have it. */
function provideImageData(): void {
  if ("ImageData" in globalThis) return;
  Object.defineProperty(globalThis, "ImageData", { value: DecodedPixels, configurable: true });
}
