import { parseRecipe, RecipeError, type Recipe } from "../../wasm/core/index.ts";
import { Refusal } from "./refusal.ts";

/** Options by name, as the client wrote them, percent-decoded. */
export type Options = ReadonlyMap<string, string>;

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
 * The options of a query; of several equal ones the last counts.
 *
 * An option that is not known is refused rather than ignored: a picture drawn without the colour map or the region
 * that was asked for would be taken for the truth. Only cache-busters (`?t=1699…`, `?_=1`, `?1699…`) are let pass.
 *
 * @param known the names that the route has a use for
 * @throws Refusal `bad-option` for any other, naming those that there are
 */
export function readOptions(query: URLSearchParams, known: readonly string[], pv: string): Options {
  const options = new Map<string, string>();
  for (const [name, value] of query) {
    if (known.includes(name)) options.set(name, value);
    else if (!isCacheBuster(name, value)) throw unknownOption(name, value, known, pv);
  }
  return options;
}

/**
 * The picture that these options ask for.
 * @param defaults the recipe of a viewer that asks for nothing
 * @throws Refusal `bad-option`
 */
export function readRecipe(options: Options, defaults: Partial<Recipe>, pv: string): Recipe {
  try {
    return parseRecipe(options, defaults);
  } catch (error) {
    if (error instanceof RecipeError) throw badOption(error.option, error.value, error.allowed, pv);
    throw error;
  }
}

/** Whether an option is on: `1`, or off: `0`, or not there. Anything else is refused. */
export function readSwitch(options: Options, option: string, pv: string): boolean {
  const text = options.get(option);
  if (text === undefined || text === "0") return false;
  if (text === "1") return true;
  throw badOption(option, text, "0 or 1", pv);
}

/** What is said of a value that is not allowed. */
export function badOption(option: string, value: string, allowed: string, pv: string): Refusal {
  const message = `${option}=${shortened(value)} is not allowed: ${option} is ${allowed}.`;
  return new Refusal("bad-option", message, { pv, option, value: shortened(value), allowed });
}

function isCacheBuster(name: string, value: string): boolean {
  return CACHE_BUSTERS.has(name.toLowerCase()) || (value === "" && /^\d*$/u.test(name));
}

function unknownOption(name: string, value: string, known: readonly string[], pv: string): Refusal {
  const allowed = known.join(", ");
  const option = shortened(name);
  const message = `There is no option ${option}; the options are ${allowed}.`;
  return new Refusal("bad-option", message, { pv, option, value: shortened(value), allowed });
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
