import type { PictureFacts, RangeIssue } from "../../wasm/core/index.ts";

/** Facts of a whole picture of so many pixels, for tests in which nobody looks at its pixels. */
export function wholePicture(width: number, height: number, high = 255): PictureFacts {
  const issues: readonly RangeIssue[] = [];
  const region = { x: 0, y: 0, width, height, plane: 0, pictureWidth: width, pictureHeight: height };
  return { range: { low: 0, high, issues }, region, issues: [], history: {} };
}
