import { RECIPE_OPTIONS, type Recipe } from "../../wasm/core/index.ts";
import type { PlaceholderWish } from "../stream/index.ts";
import type { Address } from "./address.ts";
import { isPartLayout, PART_LAYOUTS, type PartLayout } from "./part.ts";
import { parsePvName } from "./pv-name.ts";
import { badOption, type Options, readOptions, readRecipe, readSwitch } from "./query.ts";

/** What a viewer asked for, out of the address of its request. */
export interface Viewing {
  readonly pv: string;
  readonly recipe: Recipe;
  /** Pictures per second the viewer wants at most; the service's own cap holds besides. */
  readonly fps: number | undefined;
  /** How the parts of a multipart answer are laid out; undefined: as suits the user agent. */
  readonly parts: PartLayout | undefined;
  /** When a drawn picture says why there is none of the camera; undefined: as suits the route. */
  readonly placeholder: PlaceholderWish | undefined;
  /** Whether a WebSocket also carries status messages. */
  readonly status: boolean;
  /** Whether a WebSocket's client acknowledges pictures. */
  readonly ack: boolean;
}

/** One picture in ten seconds: below it, a snapshot is what is wanted. */
const LEAST_FPS = 0.1;
/** What may be asked of a moving picture, in the order in which it is told. */
const VIEWING_OPTIONS = [...RECIPE_OPTIONS, "fps", "parts", "placeholder", "status", "ack"];

/**
 * Reads the PV name behind `prefix` and the options of the query.
 *
 * @param prefix of the route, with its last slash; the rest of the path is the PV name, which may contain `/` and `:`
 * @param defaults the recipe of a viewer that asks for nothing
 * @throws Refusal `bad-pv-name` or `bad-option`, naming what was sent and what is allowed
 */
export function parseViewing(address: Address, prefix: string, defaults: Partial<Recipe>): Viewing {
  const pv = parsePvName(address.path.slice(prefix.length));
  const options = readOptions(address.query, VIEWING_OPTIONS, pv);
  return {
    pv,
    recipe: readRecipe(options, defaults, pv),
    fps: parseFps(options.get("fps"), pv),
    parts: parseParts(options.get("parts"), pv),
    placeholder: parsePlaceholder(options, pv),
    status: readSwitch(options, "status", pv),
    ack: readSwitch(options, "ack", pv),
  };
}

function parseFps(text: string | undefined, pv: string): number | undefined {
  if (text === undefined) return undefined;
  const fps = Number(text);
  if (text.trim() !== "" && Number.isFinite(fps) && fps >= LEAST_FPS) return fps;
  throw badOption("fps", text, `a number of pictures per second, ${LEAST_FPS} or more`, pv);
}

function parsePlaceholder(options: Options, pv: string): PlaceholderWish | undefined {
  if (!options.has("placeholder")) return undefined;
  return readSwitch(options, "placeholder", pv) ? "always" : "never";
}

function parseParts(text: string | undefined, pv: string): PartLayout | undefined {
  if (text === undefined || isPartLayout(text)) return text;
  throw badOption("parts", text, PART_LAYOUTS.join(" or "), pv);
}
