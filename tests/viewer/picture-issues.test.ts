import { expect, test } from "bun:test";
import type { StatusMessage } from "../../server/http/protocol.ts";
import { issueWords } from "../../server/viewer/picture-issues.ts";

const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };
const rates = { cameraFps: 25, encodedFps: 25, viewers: 1 };
const bare: StatusMessage = { type: "status", pv: "A", state: "live", reason: "", drops, ...rates };

function wordsOf(...issues: string[]): string[] {
  const region = { x: 0, y: 0, width: 1, height: 1, plane: 0 };
  return issueWords({ ...bare, picture: { region, width: 1, height: 1, issues, source: "fast" } });
}

test("a picture without issues, and one that is not there, have no words", () => {
  expect(issueWords(bare)).toEqual([]);
  expect(wordsOf()).toEqual([]);
});

test("issues are said plainly and in order, also those of a newer server", () => {
  expect(wordsOf("roi-clamped", "map-ignored", "sky-too-blue")).toEqual([
    "the region reached over the edge and was cut there",
    "no colour map used: the image has colours already",
    "sky too blue",
  ]);
});
