import { expect } from "bun:test";
import type { ColourMode, SampleType } from "../../wasm/core/index.ts";
import type { Judge } from "../support/judge.ts";
import { type Part, readParts } from "../support/multipart.ts";

/** A JPEG of quality 92 may differ this much from the array that was sent, mean grey levels. */
const MEAN_ERROR = 2;

/** Reads pictures from `url` until two different frames have come, each of which must be one that the camera sent. */
export async function expectSentFrames(
  url: string,
  judge: Judge,
  type: SampleType,
  colour: ColourMode,
): Promise<void> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  const frames = new Set<number>();
  for await (const { body } of readParts(response)) {
    const verdict = await judge.verdict(type, colour, body);
    expect(verdict).toMatchObject({ size: [277, 150], mode: colour === "mono" ? "L" : "RGB" });
    expect(verdict.meanError).toBeLessThanOrEqual(MEAN_ERROR);
    frames.add(verdict.frame);
    if (frames.size === 2) break;
  }
  expect(frames.size).toBe(2);
}

/** Reads on until a picture comes whose frame was taken after `time` (POSIX seconds); returns when that was. */
export async function pictureAfter(parts: AsyncGenerator<Part, void>, time: number): Promise<number> {
  for (;;) {
    const next = await parts.next();
    if (next.done === true) throw new Error("the response ended");
    const taken = Number(next.value.headers.get("x-timestamp"));
    if (taken > time) return taken;
  }
}
