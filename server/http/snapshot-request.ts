import { RECIPE_OPTIONS, type Recipe } from "../../wasm/core/index.ts";
import type { Address } from "./address.ts";
import { parsePvName } from "./pv-name.ts";
import { badOption, type Options, readOptions, readRecipe, readSwitch } from "./query.ts";

/** What a snapshot may be. */
export const SNAPSHOT_FORMATS = ["jpg", "png", "npy"] as const;
export type SnapshotFormat = (typeof SNAPSHOT_FORMATS)[number];

/** A kind of file by the words that people ask for it with. */
interface Kind {
  /** Ending and value of `format`. */
  readonly names: readonly string[];
  /** Media types, the one that we answer with first. */
  readonly types: readonly string[];
}

/** NPY has no registered media type; the first is the usual one. */
const KINDS: Readonly<Record<SnapshotFormat, Kind>> = {
  jpg: { names: ["jpg", "jpeg"], types: ["image/jpeg", "image/jpg"] },
  png: { names: ["png"], types: ["image/png"] },
  npy: { names: ["npy"], types: ["application/x-npy", "application/octet-stream"] },
};

/** The newest frame will do if it came at most so long ago, milliseconds. */
export const DEFAULT_MAX_AGE_MS = 1000;
/** A day: whoever wants an older one wants an archive. */
const LARGEST_MAX_AGE_MS = 86_400_000;

/** Options that each kind of file takes. */
const COMMON_OPTIONS = ["maxAge", "format"];
const OPTIONS: Readonly<Record<SnapshotFormat, readonly string[]>> = {
  jpg: [...RECIPE_OPTIONS, ...COMMON_OPTIONS, "placeholder"],
  png: [...RECIPE_OPTIONS, ...COMMON_OPTIONS],
  npy: COMMON_OPTIONS,
};

/** What is to be made of a frame. */
export type SnapshotWish =
  { readonly format: "jpg" | "png"; readonly recipe: Recipe } | { readonly format: "npy" };

/** What a request for a single picture asks for. */
export interface SnapshotRequest {
  readonly pv: string;
  readonly wish: SnapshotWish;
  /** How long ago its frame may have come, milliseconds; 0: it is to come after the request. */
  readonly maxAgeMs: number;
  /** Whether a JPEG that tells the reason is wanted in place of an error that is the PV's. */
  readonly placeholder: boolean;
}

/** The Content-Type of a file. */
export function mediaType(format: SnapshotFormat): string {
  return KINDS[format].types[0]!;
}

/**
 * Reads a snapshot's address. What is to be made is said by `?format=`, else by the ending of the path, else by the Accept
 * header, else it is a JPEG. With `?format=` the path is the PV's name as it stands, so that one that itself ends in
 * `.jpg` can be asked for.
 *
 * @param prefix of the route, with its last slash
 * @param accept the header of that name
 * @param defaults the recipe of whoever asks for nothing
 * @throws Refusal `bad-pv-name` or `bad-option`
 */
export function parseSnapshot(
  { path, query }: Address,
  prefix: string,
  accept: string | null,
  defaults: Partial<Recipe>,
): SnapshotRequest {
  const rest = path.slice(prefix.length);
  const asked = query.getAll("format").at(-1);
  const ending = asked === undefined ? endingOf(rest) : undefined;
  const pv = parsePvName(ending === undefined ? rest : rest.slice(0, -ending.length));
  const format = asked === undefined ? formatOf(ending, accept) : formatNamed(asked, pv);
  const options = readOptions(query, OPTIONS[format], pv);
  return {
    pv,
    wish: format === "npy" ? { format } : { format, recipe: readRecipe(options, defaults, pv) },
    maxAgeMs: readMaxAge(options, pv),
    placeholder: readSwitch(options, "placeholder", pv),
  };
}

/** The dot and what follows, where that is the name of a kind of file. */
function endingOf(path: string): string | undefined {
  return /\.(?:jpe?g|png|npy)$/iu.exec(path)?.[0];
}

function formatOf(ending: string | undefined, accept: string | null): SnapshotFormat {
  if (ending === undefined) return acceptedFormat(accept);
  return SNAPSHOT_FORMATS.find((format) => KINDS[format].names.includes(ending.slice(1).toLowerCase()))!;
}

function formatNamed(name: string, pv: string): SnapshotFormat {
  const format = SNAPSHOT_FORMATS.find((each) => KINDS[each].names.includes(name.toLowerCase()));
  if (format === undefined) throw badOption("format", name, "jpg, png or npy", pv);
  return format;
}

/**
 * The first kind that the header allows, in our order and not by its weights: Firefox prefers PNG in every request for an
 * image, and means nothing by it. So PNG and NPY are for those who say that they take nothing else.
 */
function acceptedFormat(accept: string | null): SnapshotFormat {
  const ranges = (accept ?? "").toLowerCase().split(",").filter(isWanted).map(typeOf);
  const taken = ({ types }: Kind): boolean =>
    types.some((type) => ranges.some((range) => covers(range, type)));
  return SNAPSHOT_FORMATS.find((format) => taken(KINDS[format])) ?? "jpg";
}

/** A weight of zero means: not this (RFC 9110, 12.4.2). */
function isWanted(range: string): boolean {
  return !/;\s*q=0(?:\.0*)?\s*(?:;|$)/u.test(range);
}

function typeOf(range: string): string {
  return range.split(";")[0]!.trim();
}

function covers(range: string, type: string): boolean {
  return range === type || range === "*/*" || range === `${type.split("/")[0]}/*`;
}

function readMaxAge(options: Options, pv: string): number {
  const text = options.get("maxAge");
  if (text === undefined) return DEFAULT_MAX_AGE_MS;
  const age = /^\d+(?:\.\d+)?$/u.test(text) ? Number(text) : NaN;
  if (age <= LARGEST_MAX_AGE_MS) return age;
  throw badOption("maxAge", text, `a number of milliseconds from 0 to ${LARGEST_MAX_AGE_MS}`, pv);
}
