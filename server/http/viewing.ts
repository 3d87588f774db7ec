import { parseRecipe, RECIPE_OPTIONS, RecipeError, type Recipe } from "../../wasm/core/index.ts";
import type { Address } from "./address.ts";
import { isPartLayout, PART_LAYOUTS, type PartLayout } from "./part.ts";
import { Refusal } from "./refusal.ts";

/** What a viewer asked for, out of the address of its request. */
export interface Viewing {
  readonly pv: string;
  readonly recipe: Recipe;
  /** Pictures per second the viewer wants at most; the service's own cap holds besides. */
  readonly fps: number | undefined;
  /** How the parts of a multipart answer are laid out; undefined: as suits the user agent. */
  readonly parts: PartLayout | undefined;
  /** Whether a WebSocket also carries status messages. */
  readonly status: boolean;
}

/** No PV name is near this long (EPICS record names end at 60 characters); it bounds log lines and answers. */
const LONGEST_PV_NAME = 500;
/** One picture in ten seconds: below it, a snapshot is what is wanted. */
const LEAST_FPS = 0.1;
const OTHER_OPTIONS = ["fps", "parts", "status"] as const;
/** Names that pages add with a changing number to get past caches. They mean nothing here, and are let pass. */
const CACHE_BUSTERS: ReadonlySet<string> = new Set([
  "_",
  "cache",
  "cachebust",
  "cb",
  "nocache",
  "r",
  "rand",
  "random",
  "rnd",
  "t",
  "time",
  "timestamp",
  "ts",
  "v",
]);

/**
 * Reads the PV name behind `prefix` and the options of the query. Of several equal options the last one counts.
 *
 * An option that is not known is refused rather than ignored: a picture drawn without the colour map or the region
 * that was asked for would be taken for the truth. Only cache-busters (`?t=1699…`, `?_=1`, `?1699…`) are let pass.
 *
 * @param prefix of the route, with its last slash; the rest of the path is the PV name, which may contain `/` and `:`
 * @param defaults the recipe of a viewer that asks for nothing
 * @throws Refusal `bad-pv-name` or `bad-option`, naming what was sent and what is allowed
 */
export function parseViewing(address: Address, prefix: string, defaults: Partial<Recipe>): Viewing {
  const pv = parsePvName(address.path.slice(prefix.length));
  const recipe = new Map<string, string>();
  const other = new Map<string, string>();
  for (const [name, value] of address.query) {
    if (RECIPE_OPTIONS.includes(name)) recipe.set(name, value);
    else if ((OTHER_OPTIONS as readonly string[]).includes(name)) other.set(name, value);
    else if (!isCacheBuster(name, value)) throw unknownOption(name, value, pv);
  }
  return {
    pv,
    recipe: parsedRecipe(recipe, defaults, pv),
    fps: parseFps(other.get("fps"), pv),
    parts: parseParts(other.get("parts"), pv),
    status: parseSwitch("status", other.get("status"), pv),
  };
}

/** The router leaves percent signs as they are, so that `%2F` in a name is not taken for a path; decoded here, once. */
function parsePvName(encoded: string): string {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch (cause) {
    throw new Refusal(
      "bad-pv-name",
      "The PV name in the path is not valid percent-encoded UTF-8.",
      {},
      cause,
    );
  }
  if (name === "")
    throw new Refusal("bad-pv-name", "Name a PV at the end of the path, e.g. /mjpg/CAM:PVA:OUTPUT.");
  if (name.length > LONGEST_PV_NAME) {
    const message = `The PV name has ${name.length} characters; at most ${LONGEST_PV_NAME} are taken.`;
    throw new Refusal("bad-pv-name", message);
  }
  // Spaces and control characters are in no PV name, and would break a log line in two.
  if (/[\p{Cc}\s]/u.test(name)) {
    throw new Refusal("bad-pv-name", "The PV name contains white space or a control character.");
  }
  return name;
}

function parsedRecipe(options: ReadonlyMap<string, string>, defaults: Partial<Recipe>, pv: string): Recipe {
  try {
    return parseRecipe(options, defaults);
  } catch (error) {
    if (error instanceof RecipeError) throw badOption(error.option, error.value, error.allowed, pv);
    throw error;
  }
}

function parseFps(text: string | undefined, pv: string): number | undefined {
  if (text === undefined) return undefined;
  const fps = Number(text);
  if (text.trim() !== "" && Number.isFinite(fps) && fps >= LEAST_FPS) return fps;
  throw badOption("fps", text, `a number of pictures per second, ${LEAST_FPS} or more`, pv);
}

function parseParts(text: string | undefined, pv: string): PartLayout | undefined {
  if (text === undefined || isPartLayout(text)) return text;
  throw badOption("parts", text, PART_LAYOUTS.join(" or "), pv);
}

function parseSwitch(option: string, text: string | undefined, pv: string): boolean {
  if (text === undefined || text === "0") return false;
  if (text === "1") return true;
  throw badOption(option, text, "0 or 1", pv);
}

function isCacheBuster(name: string, value: string): boolean {
  return CACHE_BUSTERS.has(name.toLowerCase()) || (value === "" && /^\d*$/u.test(name));
}

function badOption(option: string, value: string, allowed: string, pv: string): Refusal {
  const message = `${option}=${shortened(value)} is not allowed: ${option} is ${allowed}.`;
  return new Refusal("bad-option", message, { pv, option, value: shortened(value), allowed });
}

function unknownOption(option: string, value: string, pv: string): Refusal {
  const allowed = [...RECIPE_OPTIONS, ...OTHER_OPTIONS].join(", ");
  const message = `There is no option ${shortened(option)}; the options are ${allowed}.`;
  return new Refusal("bad-option", message, {
    pv,
    option: shortened(option),
    value: shortened(value),
    allowed,
  });
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
