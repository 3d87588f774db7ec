import { choose, type Report, type Show } from "./option-fields.ts";

/** A range with two numbers: percentiles of the samples, or sample values. */
const WITH_BOUNDS = /^(?<percent>auto:)?(?<low>[^,:]+),(?<high>[^,:]+)$/u;

/** What both kinds of bounds are called, and what they begin with. */
const BOUNDS = {
  percent: { prefix: "auto:", words: ["Percentile drawn black", "Percentile drawn white"] },
  fixed: { prefix: "", words: ["Sample value drawn black", "Sample value drawn white"] },
} as const;

type Kind = keyof typeof BOUNDS;

/** The elements of the range: a choice, and two numbers that are seen where the choice wants them. */
export interface RangeElements {
  readonly choice: HTMLSelectElement;
  readonly low: HTMLInputElement;
  readonly high: HTMLInputElement;
  /** Holds both numbers. */
  readonly bounds: HTMLElement;
}

/**
 * Which sample values are drawn black and white.
 * @param currentRange the range drawn now, to begin a fixed one with
 */
export function rangeField(
  { choice, low, high, bounds }: RangeElements,
  report: Report,
  currentRange: () => { readonly low: number; readonly high: number } | undefined,
): Show {
  const kindNow = (): Kind | undefined =>
    choice.value === "percent" || choice.value === "fixed" ? choice.value : undefined;

  function showKind(value: string): void {
    choose(choice, value);
    const kind = kindNow();
    bounds.hidden = kind === undefined;
    if (kind === undefined) return;
    for (const [index, input] of [low, high].entries()) {
      input.setAttribute("aria-label", BOUNDS[kind].words[index]!);
      input.min = kind === "percent" ? "0" : "";
      input.max = kind === "percent" ? "100" : "";
    }
  }

  /** Waits for the second bound: half a range is none. */
  function reportBounds(): void {
    const kind = kindNow();
    if (kind === undefined || low.value === "" || high.value === "") return;
    const upward = Number(low.value) < Number(high.value);
    high.setCustomValidity(upward ? "" : "White must be more than black.");
    if (low.reportValidity() && high.reportValidity())
      report("range", `${BOUNDS[kind].prefix}${low.value},${high.value}`);
  }

  choice.addEventListener("change", () => {
    showKind(choice.value);
    const kind = kindNow();
    if (kind === undefined) {
      report("range", choice.value);
      return;
    }
    const begin = kind === "percent" ? { low: 1, high: 99 } : currentRange();
    low.value = begin?.low.toString() ?? "";
    high.value = begin?.high.toString() ?? "";
    reportBounds();
    low.focus();
  });
  for (const bound of [low, high]) bound.addEventListener("change", reportBounds);

  return (options) => {
    const range = options.get("range") ?? "";
    const groups = WITH_BOUNDS.exec(range)?.groups;
    low.value = groups?.["low"] ?? "";
    high.value = groups?.["high"] ?? "";
    high.setCustomValidity("");
    if (groups === undefined) showKind(range);
    else showKind(groups["percent"] === undefined ? "fixed" : "percent");
  };
}
