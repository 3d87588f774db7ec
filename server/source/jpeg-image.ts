import { readJpegHeader, UnpackError } from "../../wasm/core/index.ts";
import { ImageFault } from "./fault.ts";
import type { Image } from "./from-ndarray.ts";

/**
 * An image packed as JPEG, as its file says: ADCore interleaves the colours while packing, but leaves the layout of what
 * was packed in `dimension` and `ColorMode` (NDPluginCodec.cpp, compressJPEG), and others do not tell the size at all.
 *
 * @param file the array's bytes
 * @throws ImageFault `codec` for a file without a readable header, `limit` for more pixels than the limit
 */
export function asItsFile(image: Image, file: Uint8Array, maxBytes: number): Image {
  const { width, height, components } = headerOf(file);
  const bytes = width * height * Math.min(components, 3);
  if (bytes > maxBytes) {
    const message = `A JPEG of ${width} × ${height} pixels becomes ${bytes} bytes, more than the limit of ${maxBytes}.`;
    throw new ImageFault("bad-frame", "limit", message);
  }
  const grey = image.colourMode === "bayer" ? "bayer" : "mono";
  return { ...image, width, height, planes: 1, colourMode: components === 1 ? grey : "rgb1" };
}

function headerOf(file: Uint8Array): ReturnType<typeof readJpegHeader> {
  try {
    return readJpegHeader(file);
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    throw new ImageFault("bad-frame", "codec", error.message, error);
  }
}
