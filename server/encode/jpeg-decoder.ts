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

/**
 * Warnings after which libjpeg goes on with grey where pixels should be (jerror.h); it prints the first one of a file. Bytes
 * too many before a marker cost none.
 */
const DAMAGE = /^Premature end|^Corrupt JPEG data(?!.*extraneous)/;

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
  /** What libjpeg printed; emptied before each file. */
  readonly #remarks: string[];

  private constructor(module: DecoderModule, remarks: string[]) {
    this.#module = module;
    this.#remarks = remarks;
  }

  /** Loads and starts it, about 10 ms; called when it is first needed, for most runs never need it. */
  static async load(): Promise<JpegDecoder> {
    const glue: { readonly default: unknown } = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js");
    const start = glue.default as StartDecoder;
    const file = await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm", { with: { type: "file" } });
    const compiled = await WebAssembly.compile(await Bun.file(file.default).arrayBuffer());
    provideImageData();
    const remarks: string[] = [];
    const module = await start({
      noInitialRun: true,
      printErr: (line) => void remarks.push(line),
      instantiateWasm(imports, started) {
        const instance = new WebAssembly.Instance(compiled, imports);
        started(instance);
        return instance.exports;
      },
    });
    return new JpegDecoder(module, remarks);
  }

  /**
   * @param file a whole JPEG of 8 bits
   * @returns R G B A in memory of its own
   * @throws Error for files that cannot be decoded, or not without damage, in libjpeg's words
   */
  decode(file: Uint8Array): DecodedJpeg {
    this.#remarks.length = 0;
    const decoded = this.#attempt(file);
    const damage = this.#remarks.find((remark) => DAMAGE.test(remark));
    if (damage !== undefined) throw new Error(damage);
    if (decoded === null) throw new Error("no picture came out of the file");
    return decoded;
  }

  /** What the glue throws is a number or an exit status; why is only printed. */
  #attempt(file: Uint8Array): DecodedJpeg | null {
    try {
      return this.#module.decode(file, false);
    } catch (cause) {
      throw new Error(this.#remarks.join("; ") || "the decoder gave up", { cause });
    }
  }
}

/** The glue calls `new ImageData(…)` of the global scope, as browsers have it. */
function provideImageData(): void {
  if ("ImageData" in globalThis) return;
  Object.defineProperty(globalThis, "ImageData", { value: DecodedPixels, configurable: true });
}
