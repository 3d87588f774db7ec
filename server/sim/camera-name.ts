import { frameBytes, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { MAX_FRAME_BYTES, MAX_RATE, MAX_SIDE, MIN_RATE } from "./limits.ts";
import { COLOURS, DEFAULTS, PATTERNS, type CameraSpec } from "./vocabulary.ts";

/** `SIM:<pattern>[:WxH][:<type>][:<colour>][@fps]`: a camera's name says what it delivers. */
export const PREFIX = "SIM:";

const ORDER = "SIM:<pattern>[:WxH][:<type>][:<colour>][@fps]";

/** Stable names of what can be wrong with a camera name. */
export type CameraNameErrorCode =
  /** It does not begin with `SIM:`: some other PV. */
  | "not-simulated"
  | "unknown-pattern"
  | "bad-size"
  | "bad-rate"
  /** A word that is no size, sample type or colour, or one that stands in the wrong place or twice. */
  | "unexpected-word"
  /** Width × height × channels × bytes a sample is more than one frame may have. */
  | "frame-too-large";

/** Says which word of a camera name is wrong and what could stand there. */
export class CameraNameError extends Error {
  override readonly name = "CameraNameError";
  readonly code: CameraNameErrorCode;
  /** The offending part of the name. */
  readonly word: string;
  /** What is allowed in its place. */
  readonly allowed: readonly string[];

  constructor(code: CameraNameErrorCode, word: string, allowed: readonly string[], message: string) {
    super(`${message}; allowed: ${allowed.join(", ")}`);
    this.code = code;
    this.word = word;
    this.allowed = allowed;
  }
}

/**
 * Reads a camera name. Words left out take the pattern's defaults.
 * @throws CameraNameError naming the word and what is allowed
 */
export function parseCameraName(name: string): CameraSpec {
  if (!name.startsWith(PREFIX))
    throw new CameraNameError("not-simulated", name, [ORDER], `"${shorten(name)}" is not a simulated camera`);
  const [sentence, rate] = splitOnce(name.slice(PREFIX.length), "@");
  const [patternWord = "", ...words] = sentence.split(":");
  const pattern = PATTERNS.find((known) => known === patternWord);
  if (pattern === undefined)
    throw new CameraNameError(
      "unknown-pattern",
      patternWord,
      PATTERNS,
      `no pattern "${shorten(patternWord)}"`,
    );

  const spec = { pattern, ...DEFAULTS[pattern], ...readWords(words) };
  if (rate !== undefined) spec.framesPerSecond = readRate(rate);
  refuseLargeFrame(spec);
  return spec;
}

/** The full name of a camera, nothing left to defaults: equal cameras, equal names. */
export function formatCameraName(spec: CameraSpec): string {
  const { pattern, width, height, sampleType, colourMode, framesPerSecond } = spec;
  return `${PREFIX}${pattern}:${width}x${height}:${sampleType}:${colourMode}@${framesPerSecond}`;
}

/** Takes the optional words in their order: size, type, colour. */
function readWords(words: readonly string[]): Partial<CameraSpec> {
  let rest = words;
  const found: { -readonly [K in keyof CameraSpec]?: CameraSpec[K] } = {};
  if (rest[0] !== undefined && /^\d+x\d+$/.test(rest[0])) {
    [found.width, found.height] = readSize(rest[0]);
    rest = rest.slice(1);
  }
  const sampleType = SAMPLE_TYPES.find((type) => type === rest[0]);
  if (sampleType !== undefined) {
    found.sampleType = sampleType;
    rest = rest.slice(1);
  }
  const colourMode = COLOURS.find((colour) => colour === rest[0]);
  if (colourMode !== undefined) {
    found.colourMode = colourMode;
    rest = rest.slice(1);
  }
  if (rest[0] !== undefined) throw unexpectedWord(rest[0], found);
  return found;
}

/** What could still have stood where `word` stands, given what was read before it. */
function unexpectedWord(word: string, before: Partial<CameraSpec>): CameraNameError {
  const allowed = [
    ...(Object.keys(before).length === 0 ? ["WIDTHxHEIGHT"] : []),
    ...(before.sampleType === undefined && before.colourMode === undefined ? SAMPLE_TYPES : []),
    ...(before.colourMode === undefined ? COLOURS : []),
    "@fps",
  ];
  return new CameraNameError(
    "unexpected-word",
    word,
    allowed,
    `"${shorten(word)}" cannot stand here in ${ORDER}`,
  );
}

function readSize(word: string): [number, number] {
  const [width, height] = word.split("x").map(Number);
  const fits = (side: number | undefined): side is number =>
    side !== undefined && side >= 1 && side <= MAX_SIDE;
  if (fits(width) && fits(height)) return [width, height];
  throw new CameraNameError(
    "bad-size",
    word,
    [`1x1 to ${MAX_SIDE}x${MAX_SIDE}`],
    `size ${shorten(word)} is out of bounds`,
  );
}

function readRate(word: string): number {
  const rate = /^\d{1,4}(\.\d{1,3})?$/.test(word) ? Number(word) : Number.NaN;
  if (rate >= MIN_RATE && rate <= MAX_RATE) return rate;
  throw new CameraNameError(
    "bad-rate",
    word,
    [`${MIN_RATE} to ${MAX_RATE}`],
    `rate "@${shorten(word)}" is out of bounds`,
  );
}

function refuseLargeFrame(spec: CameraSpec): void {
  const bytes = frameBytes(spec);
  if (bytes <= MAX_FRAME_BYTES) return;
  const allowed = [`at most ${MAX_FRAME_BYTES} bytes a frame`];
  throw new CameraNameError(
    "frame-too-large",
    `${spec.width}x${spec.height}`,
    allowed,
    `a frame would have ${bytes} bytes`,
  );
}

function splitOnce(text: string, mark: string): [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + mark.length)];
}

/** Names come from the network: an error message quotes no more than a line of one. */
function shorten(word: string): string {
  return word.length <= 60 ? word : `${word.slice(0, 57)}...`;
}
