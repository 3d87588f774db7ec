/** One row of a Bayer mosaic to R, G and B, the truth: pixel by pixel. */
import { half, quarter } from "./average";

/**
 * Columns `first` to before `end` of a row of `width`. `own` is the colour that this row has besides green, at the
 * columns whose parity is `phase`; `other` is the one it has not. Beyond the edges the picture is mirrored in its outermost
 * column, which keeps the phase: column -1 is column 1. A picture of one column has no neighbours but itself.
 */
export function demosaicRowScalar<T>(
  above: usize,
  row: usize,
  below: usize,
  first: usize,
  end: usize,
  width: usize,
  phase: usize,
  own: usize,
  green: usize,
  other: usize,
): void {
  const last = width - 1;
  for (let x = first; x < end; x++) {
    const at = x * sizeof<T>();
    const left = (x > 0 ? x - 1 : min<usize>(1, last)) * sizeof<T>();
    const right = (x < last ? x + 1 : last > 0 ? last - 1 : 0) * sizeof<T>();
    const here = load<T>(row + at);
    const up = load<T>(above + at);
    const down = load<T>(below + at);
    const before = load<T>(row + left);
    const after = load<T>(row + right);
    if ((x & 1) == phase) {
      store<T>(own + at, here);
      store<T>(green + at, quarter<T>(before, after, up, down));
      store<T>(
        other + at,
        quarter<T>(
          load<T>(above + left),
          load<T>(below + right),
          load<T>(above + right),
          load<T>(below + left),
        ),
      );
    } else {
      store<T>(own + at, half<T>(before, after));
      store<T>(green + at, here);
      store<T>(other + at, half<T>(up, down));
    }
  }
}
