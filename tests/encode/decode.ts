import decodeWith, { init } from "@jsquash/jpeg/decode.js";

/** A decoded JPEG: RGBA, four bytes a pixel. */
interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Decodes with a decoder that is none of ours (mozjpeg's, in WebAssembly), started from its bundled file. */
export async function decodeJpeg(jpeg: Uint8Array): Promise<DecodedPicture> {
  const file = Bun.file(new URL(import.meta.resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm")));
  const start = init as unknown as (module: WebAssembly.Module) => Promise<void>;
  await start(await WebAssembly.compile(await file.arrayBuffer()));
  return await decodeWith(jpeg.slice().buffer);
}

/** What a JPEG's frame header (SOF, ITU-T T.81 B.2.2) announces: components, and the sampling of the first as 0xHV. */
export function frameHeader(jpeg: Uint8Array): { readonly components: number; readonly sampling: number } {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker >= 0xffc0 && marker <= 0xffc2) {
      return { components: view.getUint8(at + 9), sampling: view.getUint8(at + 11) };
    }
  }
}

/** Mean absolute difference between a picture and the RGB that was expected at each pixel. */
export function meanError(
  picture: DecodedPicture,
  expected: (pixel: number) => readonly [number, number, number],
): number {
  let sum = 0;
  const pixels = picture.width * picture.height;
  for (let pixel = 0; pixel < pixels; pixel++) {
    expected(pixel).forEach(
      (value, channel) => (sum += Math.abs(picture.data[4 * pixel + channel]! - value)),
    );
  }
  return sum / (3 * pixels);
}
