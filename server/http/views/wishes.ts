import { type Recipe, RECIPE_OPTIONS } from "../../../wasm/core/index.ts";
import type { ViewFormat, ViewWishes } from "../protocol.ts";
import { badOption } from "../query.ts";
import { Refusal } from "../refusal.ts";
import { parseViewing, type Viewing } from "../viewing.ts";

/** What a view is to show. */
export interface Asked {
  readonly viewing: Viewing;
  readonly format: ViewFormat;
}

/**
 * Weighs the wishes of a view as those of a query are weighed.
 * @param before the format that stays when none is wished
 * @param defaults the recipe of a view that asks for nothing
 * @throws Refusal `bad-pv-name` or `bad-option`
 */
export function readWishes(
  pv: string,
  { options = {}, format, fps, placeholder }: ViewWishes,
  before: ViewFormat,
  defaults: Partial<Recipe>,
): Asked {
  const query = new URLSearchParams();
  // Not `set`, which looks through all of them for each: a message has room for thousands.
  for (const [name, value] of Object.entries(options)) query.append(name, String(value));
  if (fps !== undefined) query.set("fps", String(fps));
  if (placeholder !== undefined) query.set("placeholder", placeholder ? "1" : "0");
  const asked = {
    viewing: parseViewing({ path: encoded(pv), query }, "", defaults),
    format: format ?? before,
  };
  if (asked.format === "raw") refuseDrawing(query, pv);
  return asked;
}

/** A raw frame is not drawn here: whoever asks for a region or a colour map would take the frame for it. */
function refuseDrawing(query: URLSearchParams, pv: string): void {
  for (const [name, value] of query) {
    const draws = RECIPE_OPTIONS.includes(name) || (name === "placeholder" && value !== "0");
    if (draws)
      throw badOption(name, value, "not for raw frames, which are sent as they are; they take fps", pv);
  }
}

function encoded(pv: string): string {
  try {
    return encodeURIComponent(pv);
  } catch (cause) {
    throw new Refusal("bad-pv-name", "The PV name is not valid Unicode.", {}, cause);
  }
}
