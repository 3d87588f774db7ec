import type { Painter, Scene } from "./painter.ts";
import { randomFrom } from "./random.ts";

/** Every level equally often, each pixel and channel for itself: the hardest picture there is to compress. */
export function noise({ phase }: Scene): Painter {
  const random = randomFrom(13 + Math.round(1e6 * phase));
  return {
    row(_y, into) {
      for (let i = 0; i < into.length; i++) into[i] = random();
    },
  };
}
