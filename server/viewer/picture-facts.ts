import type { StatusMessage } from "../http/protocol.ts";

const COLOUR_WORDS: Readonly<Record<string, string>> = {
  rgb1: "RGB1",
  rgb2: "RGB2",
  rgb3: "RGB3",
  yuv444: "YUV444",
  yuv422: "YUV422",
  yuv411: "YUV411",
};

/**
 * The line under a picture, fact by fact, e.g. `30.0 of 100 fps`, `2048 × 2048`, `uint16 mono`, `range 12 – 4095`,
 * `fast encoder`. What is not known is left out.
 * @param shownFps pictures this page put on the screen per second; 0: not known yet
 */
export function pictureFacts(status: StatusMessage, shownFps: number): string[] {
  const { width, height, sampleType, colourMode, range, encoder } = status;
  const facts: string[] = [];
  if (status.state === "live" && shownFps > 0) facts.push(rateFact(shownFps, status.cameraFps));
  if (width !== undefined && height !== undefined) facts.push(`${width} × ${height}`);
  const type = [sampleType, colourMode === undefined ? undefined : (COLOUR_WORDS[colourMode] ?? colourMode)];
  if (type.some((word) => word !== undefined))
    facts.push(type.filter((word) => word !== undefined).join(" "));
  if (range !== undefined) facts.push(`range ${shortNumber(range.low)} – ${shortNumber(range.high)}`);
  if (encoder !== undefined) facts.push(`${encoder} encoder`);
  // A line may break between facts, not within one.
  return facts.map((fact) => fact.replaceAll(" ", "\u00a0"));
}

/** Frames of this PV that did not reach a viewer, by cause; only causes that occurred. */
export function dropFacts(status: StatusMessage): string[] {
  const words: Record<keyof StatusMessage["drops"], string> = {
    overrun: "lost before this server",
    skipped: "replaced by a newer one",
    paced: "left out by the frame rate limit",
    slow: "left out for a slow viewer",
    failed: "could not be decoded",
  };
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((cause) => status.drops[cause] > 0)
    .map((cause) => `${status.drops[cause].toLocaleString("en")} ${words[cause]}`);
}

/** Names the camera's own rate only where it is clearly more than what is shown. */
function rateFact(shown: number, camera: number): string {
  return camera > shown * 1.1 + 0.5 ? `${rate(shown)} of ${rate(camera)} fps` : `${rate(shown)} fps`;
}

function rate(fps: number): string {
  return fps >= 99.95 ? fps.toFixed(0) : fps.toFixed(1);
}

/** Whole numbers as they are, others with four significant digits. */
function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return value.toString();
  return Number(value.toPrecision(4)).toString();
}
