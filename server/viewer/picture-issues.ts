import type { StatusMessage } from "../http/protocol.ts";

/** What each issue of wasm/core means to a person. */
const WORDS: Readonly<Record<string, string>> = {
  "roi-clamped": "the region reached over the edge and was cut there",
  "size-limited": "drawn smaller than asked: it would be too large",
  "bayer-ignored": "no Bayer pattern used: the image has colours already",
  "map-ignored": "no colour map used: the image has colours already",
  "constant-image": "all samples are equal",
  "no-finite-sample": "no sample is a number",
  "range-rounded": "the range was rounded to samples of this type",
  "range-widened": "the range was too narrow for samples of this type",
  "range-clamped": "the range was too wide to draw with",
  "range-reversed": "black and white were exchanged",
  "range-not-finite": "the range was no number",
};

/** What is odd about the picture, in plain words; one that this page does not know by its own name. */
export function issueWords({ picture }: StatusMessage): string[] {
  return (picture?.issues ?? []).map((issue) => WORDS[issue] ?? issue.replaceAll("-", " "));
}
