/** Where the samples of a region lie in an array, and the copying of its rows. */
import { bytesPerSample, pixelsPerGroup, samplesPerGroup } from "./frame.ts";
import type { SampleType } from "./frame.ts";
import type { View } from "./view.ts";

/** Rows of `rowBytes` each, the first at `offset`, the others `stride` bytes apart. */
interface Rows {
  readonly offset: number;
  readonly stride: number;
  readonly rowBytes: number;
  readonly rows: number;
}

/** Bytes of a view's samples once they lie together. */
export function viewBytes(view: View, sampleType: SampleType): number {
  return rowsOf(view, sampleType).reduce((sum, { rowBytes, rows }) => sum + rowBytes * rows, 0);
}

/** Whether the view is one stretch of the array: all of it, a plane of it, or whole rows of a plane. */
export function stretchOf(view: View, sampleType: SampleType): { offset: number; bytes: number } | undefined {
  const [first, ...others] = rowsOf(view, sampleType);
  if (first === undefined || first.rowBytes !== first.stride) return undefined;
  const { offset, rowBytes, rows } = first;
  // The planes of rgb3 follow each other only if none of their rows is left out.
  const apart = others.some((plane, index) => plane.offset !== offset + (index + 1) * rowBytes * rows);
  return apart ? undefined : { offset, bytes: rowBytes * rows * (others.length + 1) };
}

/** Copies the view's samples from the array to the begin of `target`, row by row. */
export function copyView(array: Uint8Array, view: View, sampleType: SampleType, target: Uint8Array): void {
  let at = 0;
  for (const { offset, stride, rowBytes, rows } of rowsOf(view, sampleType)) {
    if (rowBytes === stride) {
      target.set(array.subarray(offset, offset + rows * stride), at);
      at += rows * stride;
      continue;
    }
    for (let from = offset; from < offset + rows * stride; from += stride, at += rowBytes) {
      target.set(array.subarray(from, from + rowBytes), at);
    }
  }
}

function rowsOf({ layout, plane, region }: View, sampleType: SampleType): readonly Rows[] {
  const { width, height, colourMode } = layout;
  const perPixel = (bytesPerSample(sampleType) * samplesPerGroup(colourMode)) / pixelsPerGroup(colourMode);
  const start = plane * width * height * perPixel;
  if (colourMode !== "rgb2" && colourMode !== "rgb3") {
    const stride = width * perPixel;
    const offset = start + region.y * stride + region.x * perPixel;
    return [{ offset, stride, rowBytes: region.width * perPixel, rows: region.height }];
  }
  const stride = (width * perPixel) / 3;
  const left = start + (region.x * perPixel) / 3;
  const rowBytes = (region.width * perPixel) / 3;
  if (colourMode === "rgb2") {
    return [{ offset: left + 3 * region.y * stride, stride, rowBytes, rows: 3 * region.height }];
  }
  const first = left + region.y * stride;
  return [0, 1, 2].map((colour) => ({
    offset: first + colour * height * stride,
    stride,
    rowBytes,
    rows: region.height,
  }));
}
