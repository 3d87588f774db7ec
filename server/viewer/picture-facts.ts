import type { PictureWords, StatusMessage } from "../http/protocol.ts";

const COLOUR_WORDS: Readonly<Record<string, string>> = {
  bayer: "Bayer",
  rgb1: "RGB1",
  rgb2: "RGB2",
  rgb3: "RGB3",
  yuv444: "YUV444",
  yuv422: "YUV422",
  yuv411: "YUV411",
};

const PACKED_WORDS: Readonly<Record<string, string>> = {
  lz4: "LZ4",
  lz4hdf5: "LZ4 (HDF5)",
  bslz4: "bitshuffle LZ4",
  blosc: "Blosc",
  jpeg: "JPEG",
};

const SOURCE_WORDS: Readonly<Record<string, string>> = { camera: "the camera’s own JPEG" };

/**
 * The line under a picture, fact by fact, e.g. `30.0 of 100 fps`, `512 × 300 at 20, 40 of 2048 × 2048`, `uint16 mono`,
 * `packed as Blosc`, `range 12 – 4095`, `fast encoder`. What is not known is left out.
 * @param shownFps pictures this page put on the screen per second; 0: not known yet
 */
export function pictureFacts(status: StatusMessage, shownFps: number): string[] {
  const { range, codec } = status;
  const facts: string[] = [];
  if (status.state === "live" && shownFps > 0) facts.push(rateFact(shownFps, status.cameraFps));
  facts.push(...sizeFacts(status), ...typeFacts(status));
  if (codec !== undefined && codec !== "none") facts.push(`packed as ${PACKED_WORDS[codec] ?? codec}`);
  if (range !== undefined) facts.push(`range ${shortNumber(range.low)} – ${shortNumber(range.high)}`);
  const source = status.picture?.source ?? status.encoder;
  if (source !== undefined) facts.push(SOURCE_WORDS[source] ?? `${source} encoder`);
  // A line may break between facts, not within one.
  return facts.map((fact) => fact.replaceAll(" ", "\u00a0"));
}

/** How large the image is, which part of it is shown, and how large that is drawn; each only if it says something new. */
function sizeFacts({ width, height, planes, picture }: StatusMessage): string[] {
  if (width === undefined || height === undefined) return [];
  const whole = `${width} × ${height}`;
  if (picture === undefined) return [whole];
  const { region } = picture;
  const cut = region.width !== width || region.height !== height;
  const facts = [cut ? `${region.width} × ${region.height} at ${region.x}, ${region.y} of ${whole}` : whole];
  if (planes !== undefined && planes > 1) facts.push(`plane ${region.plane} of 0 – ${planes - 1}`);
  if (!isAsLarge(picture, region)) facts.push(`drawn ${picture.width} × ${picture.height}`);
  return facts;
}

/** Whether a picture has a region's size, upright or lying. */
function isAsLarge(picture: PictureWords, { width, height }: PictureWords["region"]): boolean {
  const upright = picture.width === width && picture.height === height;
  return upright || (picture.width === height && picture.height === width);
}

function typeFacts({ sampleType, colourMode, bayer }: StatusMessage): string[] {
  const colour = colourMode === undefined ? undefined : (COLOUR_WORDS[colourMode] ?? colourMode);
  const words = [sampleType, colour, colourMode === "bayer" ? bayer?.toUpperCase() : undefined];
  const known = words.filter((word) => word !== undefined);
  return known.length === 0 ? [] : [known.join(" ")];
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
