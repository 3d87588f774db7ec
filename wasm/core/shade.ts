/** Stage: grey levels get the colours of a map, and samples outside the range are painted. */
import type { Engine, Samples } from "./engine.ts";
import { applyMap, invert } from "./maps.ts";
import { paintOutside } from "./paint.ts";
import type { PictureIssue } from "./picture.ts";
import type { AppliedRange } from "./range.ts";
import type { Recipe } from "./recipe.ts";

/** A picture of 8-bit samples, and what of the wish was left. */
export interface Shaded {
  readonly samples: Samples;
  readonly issues: readonly PictureIssue[];
}

/**
 * The levels as the recipe wants them to look.
 *
 * @param levels made of `samples` with `range`; the same region where the samples are their own levels
 */
export function shade(
  engine: Engine,
  levels: Samples,
  samples: Samples,
  range: AppliedRange,
  recipe: Recipe,
): Shaded {
  const { map = "grey" } = recipe;
  // Samples that are their own levels are all inside their range.
  const painted = recipe.saturated === true && levels.address !== samples.address;
  if (levels.colourMode !== "mono") {
    if (painted) paintOutside(engine, samples, range, levels.address);
    return { samples: levels, issues: map === "grey" ? [] : ["map-ignored"] };
  }
  if (painted) {
    const picture = applyMap(engine, levels, map);
    paintOutside(engine, samples, range, picture.address);
    return { samples: picture, issues: [] };
  }
  if (map === "grey-inverted") invert(engine, levels);
  const plain = map === "grey" || map === "grey-inverted";
  return { samples: plain ? levels : applyMap(engine, levels, map), issues: [] };
}
