/** One step of a pattern: any characters, or one character of which this is true. */
type Step = "any" | ((character: string) => boolean);

/**
 * A pattern of PV names. It must fit the whole name, in upper and lower case as written.
 *
 * | written | stands for |
 * | --- | --- |
 * | `*` | any characters, none as well; also `:` and `/`, so that `*` alone is every name |
 * | `?` | one character |
 * | `[a-z0]`, `[!a-z]` | one character out of these, or none of these |
 * | any other | itself; a `[` that is not closed too. `[*]`, `[?]` and `[[]` are these characters themselves |
 *
 * Takes at most pattern × name steps, whatever the pattern: there is nothing that could be made to go back further than
 * to the last `*`.
 */
export class Glob {
  readonly #steps: readonly Step[];

  constructor(pattern: string) {
    this.#steps = stepsOf(Array.from(pattern));
  }

  matches(name: string): boolean {
    const characters = Array.from(name);
    const steps = this.#steps;
    let at = 0;
    let step = 0;
    /** The last `*`, and how far it reaches: if what follows does not fit, it takes one character more. */
    let star = -1;
    let reach = 0;
    while (at < characters.length) {
      const wanted = steps[step];
      if (wanted === "any") {
        star = step++;
        reach = at;
      } else if (wanted?.(characters[at]!) === true) {
        step++;
        at++;
      } else if (star >= 0) {
        step = star + 1;
        at = ++reach;
      } else {
        return false;
      }
    }
    return steps.slice(step).every((rest) => rest === "any");
  }
}

function stepsOf(pattern: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    const end = character === "[" ? endOfSet(pattern, at) : -1;
    if (end >= 0) {
      steps.push(setOf(pattern.slice(at + 1, end)));
      at = end + 1;
      continue;
    }
    if (character !== "*") steps.push(character === "?" ? () => true : (other) => other === character);
    else if (steps.at(-1) !== "any") steps.push("any");
    at++;
  }
  return steps;
}

/** Where the set that begins at `start` is closed; a `]` that comes first in it is one of its characters. */
function endOfSet(pattern: readonly string[], start: number): number {
  const first = pattern[start + 1] === "!" ? start + 2 : start + 1;
  return pattern.indexOf("]", first + 1);
}

function setOf(inside: readonly string[]): (character: string) => boolean {
  const isNegated = inside[0] === "!";
  const members = isNegated ? inside.slice(1) : inside;
  const ranges: [low: string, high: string][] = [];
  for (let at = 0; at < members.length;) {
    const isRange = members[at + 1] === "-" && at + 2 < members.length;
    ranges.push([members[at]!, members[isRange ? at + 2 : at]!]);
    at += isRange ? 3 : 1;
  }
  return (character) =>
    ranges.some(([low, high]) => order(low) <= order(character) && order(character) <= order(high)) !==
    isNegated;
}

function order(character: string): number {
  return character.codePointAt(0)!;
}
