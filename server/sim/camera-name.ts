import { bytesPerSample, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { layoutOf } from "./layout.ts";
import { MAX_FRAME_BYTES, MAX_RATE, MAX_SIDE, MIN_RATE } from "./limits.ts";
import { bayerPatternOf, type CameraSpec, CODECS, COLOURS, DEFAULTS, isYuv, PATTERNS } from "./vocabulary.ts";

/** `SIM:<pattern>[:WxH][:<type>][:<colour>][:<codec>][@fps]`: a camera's name says what it delivers. */
export const PREFIX = "SIM:";

const ORDER = "SIM:<pattern>[:WxH][:<type>][:<colour>][:<codec>][@fps]";

/** Stable names of what can be wrong with a camera name. */
export type CameraNameErrorCode =
  /** It does not begin with `SIM:`: some other PV. */
  | "not-simulated"
  | "unknown-pattern"
  | "bad-size"
  | "bad-rate"
  /** A word that is no size, sample type, colour or codec, or one that stands in the wrong place or twice. */
  | "unexpected-word"
  /** Words that no camera has together: a codec that cannot do the type, a width that a colour cannot share out. */
  | "bad-combination"
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
  refuseCombination(spec);
  refuseLargeFrame(spec);
  return spec;
}

/** The full name of a camera, nothing left to defaults: equal cameras, equal names. */
export function formatCameraName(spec: CameraSpec): string {
  const { pattern, width, height, sampleType, colour, codec, framesPerSecond } = spec;
  return `${PREFIX}${pattern}:${width}x${height}:${sampleType}:${colour}:${codec}@${framesPerSecond}`;
}

/** Takes the optional words in their order: size, type, colour, codec. */
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
  const colour = COLOURS.find((known) => known === rest[0]);
  if (colour !== undefined) {
    found.colour = colour;
    rest = rest.slice(1);
  }
  const codec = CODECS.find((known) => known === rest[0]);
  if (codec !== undefined) {
    found.codec = codec;
    rest = rest.slice(1);
  }
  if (rest[0] !== undefined) throw unexpectedWord(rest[0], found);
  return found;
}

/** What could still have stood where `word` stands, given what was read before it. */
function unexpectedWord(word: string, before: Partial<CameraSpec>): CameraNameError {
  const allowed = [
    ...(Object.keys(before).length === 0 ? ["WIDTHxHEIGHT"] : []),
    ...(nothingAfter(before, "sampleType") ? SAMPLE_TYPES : []),
    ...(nothingAfter(before, "colour") ? COLOURS : []),
    ...(nothingAfter(before, "codec") ? CODECS : []),
    "@fps",
  ];
  return new CameraNameError(
    "unexpected-word",
    word,
    allowed,
    `"${shorten(word)}" cannot stand here in ${ORDER}`,
  );
}

const WORD_ORDER = ["sampleType", "colour", "codec"] as const;

/** Whether neither this word nor one that stands behind it was read. */
function nothingAfter(before: Partial<CameraSpec>, word: (typeof WORD_ORDER)[number]): boolean {
  return WORD_ORDER.slice(WORD_ORDER.indexOf(word)).every((later) => before[later] === undefined);
}

/** What ADCore's NDPluginCodec refuses, and widths that would cut a group of pixels with one colour. */
function refuseCombination({ width, sampleType, colour, codec }: CameraSpec): void {
  const refuse = (word: string, allowed: readonly string[], message: string): never => {
    throw new CameraNameError("bad-combination", word, allowed, message);
  };
  const eightBits = sampleType === "uint8" || sampleType === "int8";
  if (codec === "jpeg" && !eightBits) refuse(sampleType, ["uint8", "int8"], "JPEG has 8 bits");
  if (codec === "jpeg" && (isYuv(colour) || bayerPatternOf(colour) !== undefined))
    refuse(colour, ["mono", "rgb1", "rgb2", "rgb3"], "JPEG arrays are grey or RGB");
  if (isYuv(colour) && sampleType !== "uint8") refuse(sampleType, ["uint8"], "YUV has unsigned bytes");
  const group = colour === "yuv422" ? 2 : colour === "yuv411" ? 4 : 1;
  if (width % group !== 0)
    refuse(String(width), [`multiples of ${group}`], `${colour} has one colour for ${group} pixels`);
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
  const { samples } = layoutOf(spec.colour, spec.width, spec.height);
  const bytes = samples * bytesPerSample(spec.sampleType);
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
