import type { PictureWords } from "../http/protocol.ts";

/** A point of the picture, 0 to 1 from its left and its top edge. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** What lies between the array and the picture on the page. */
export interface Placement {
  readonly region: PictureWords["region"];
  /** The picture's left and right are exchanged, before it is rotated; and top and bottom. */
  readonly flipX: boolean;
  readonly flipY: boolean;
  /** Clockwise degrees: "90", "180", "270"; anything else is none. */
  readonly rotate: string;
}

/** How the options of a stream place `region` of an image whose dimensions may be reversed. */
export function placementOf(
  region: PictureWords["region"],
  reversed: { readonly reverseX?: boolean; readonly reverseY?: boolean },
  options: ReadonlyMap<string, string>,
): Placement {
  const flip = options.get("flip") ?? "";
  const undone = options.get("reverse") === "undo";
  return {
    region,
    flipX: flip.includes("x") !== (undone && reversed.reverseX === true),
    flipY: flip.includes("y") !== (undone && reversed.reverseY === true),
    rotate: options.get("rotate") ?? "",
  };
}

/**
 * The region of the array between two opposite corners in the picture, as the option `roi` wants it: `X,Y,W,H`, whole
 * array pixels, every pixel that is touched, at least one. The server turns a picture in the order flip, rotate, resize
 * (wasm/core/turn.ts); here it is undone from the end.
 */
export function regionBetween(from: PicturePoint, to: PicturePoint, placement: Placement): string {
  const [a, b] = [unturned(from, placement), unturned(to, placement)];
  const { x, y, width, height } = placement.region;
  const [left, wide] = span(a.x, b.x, width);
  const [top, high] = span(a.y, b.y, height);
  return `${x + left},${y + top},${wide},${high}`;
}

function unturned({ x, y }: PicturePoint, { flipX, flipY, rotate }: Placement): PicturePoint {
  const upright = unrotated(x, y, rotate);
  return { x: flipX ? 1 - upright.x : upright.x, y: flipY ? 1 - upright.y : upright.y };
}

function unrotated(x: number, y: number, rotate: string): PicturePoint {
  switch (rotate) {
    case "90":
      return { x: y, y: 1 - x };
    case "180":
      return { x: 1 - x, y: 1 - y };
    case "270":
      return { x: 1 - y, y: x };
    default:
      return { x, y };
  }
}

/** First pixel and number of pixels that two places along a side of `size` pixels enclose. */
function span(one: number, other: number, size: number): [number, number] {
  const inside = (place: number): number => Math.min(Math.max(place, 0), 1) * size;
  // 1 - 0.9 is a little more than 0.1: what is not a thousandth of a pixel is no pixel.
  const first = Math.min(Math.floor(inside(Math.min(one, other)) + 1e-3), size - 1);
  const end = Math.ceil(inside(Math.max(one, other)) - 1e-3);
  return [first, Math.max(1, end - first)];
}
