/** One line of an exposition, taken apart. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What a scrape found. */
export class Exposition {
  readonly types = new Map<string, string>();
  readonly helps = new Map<string, string>();
  readonly series: Series[] = [];

  /** The one value of `name` that has at least these labels. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const found = this.all(name, labels);
    if (found.length !== 1) throw new Error(`${found.length} series are ${name}${JSON.stringify(labels)}`);
    return found[0]!.value;
  }

  /** Every line of `name` that has at least these labels. */
  all(name: string, labels: Readonly<Record<string, string>> = {}): Series[] {
    const wanted = Object.entries(labels);
    return this.series.filter(
      (series) => series.name === name && wanted.every(([label, word]) => series.labels.get(label) === word),
    );
  }
}

const ENDS: Readonly<Record<string, readonly string[]>> = {
  histogram: ["_bucket", "_sum", "_count"],
};

/**
 * Reads the text format, version 0.0.4, by the words of its description, character by character; written without a look
 * at the writer.
 * @throws Error with the line for whatever the format forbids: no type before the samples, a family in two places, a
 *   series twice, a bad name, escape or number, a last line without its end
 */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const exposition = new Exposition();
  const seen = new Set<string>();
  const ended = new Set<string>();
  let family = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/u.exec(line);
    if (comment !== null) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string];
      if (name !== family) {
        ended.add(family);
        if (ended.has(name)) throw new Error(`${name} is in two places`);
        family = name;
      }
      const words = kind === "HELP" ? exposition.helps : exposition.types;
      if (words.has(name)) throw new Error(`a second ${kind} of ${name}`);
      words.set(name, rest);
      continue;
    }
    if (line === "" || line.startsWith("#")) throw new Error(`a line that says nothing: ${line}`);
    const series = parseSeries(line);
    const type = exposition.types.get(family);
    if (type === undefined) throw new Error(`no type before ${line}`);
    const names = (ENDS[type] ?? [""]).map((end) => family + end);
    if (!names.includes(series.name)) throw new Error(`${series.name} is not of ${family}`);
    const key = JSON.stringify([series.name, [...series.labels].sort()]);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    exposition.series.push(series);
  }
  return exposition;
}

function parseSeries(line: string): Series {
  let at = 0;
  const expect = (pattern: RegExp): string => {
    const found = new RegExp(pattern.source, "uy");
    found.lastIndex = at;
    const match = found.exec(line);
    if (match === null) throw new Error(`${pattern.source} expected at ${at} of ${line}`);
    at = found.lastIndex;
    return match[0];
  };
  const name = expect(/[a-zA-Z_:][a-zA-Z0-9_:]*/);
  const labels = new Map<string, string>();
  if (line[at] === "{") {
    at++;
    while (line[at] !== "}") {
      const label = expect(/[a-zA-Z_][a-zA-Z0-9_]*/);
      expect(/="/);
      let word = "";
      while (line[at] !== '"') {
        const character = expect(/\\[\\"n]|[^\\"]/);
        word += character === "\\n" ? "\n" : character.replace(/^\\/u, "");
      }
      at++;
      if (labels.has(label)) throw new Error(`two ${label} in ${line}`);
      labels.set(label, word);
      if (line[at] !== "}") expect(/,/);
    }
    at++;
  }
  expect(/ /);
  const number = expect(/[+-]Inf|NaN|-?\d+(\.\d+)?(e[+-]?\d+)?/);
  if (at !== line.length) throw new Error(`more behind the number: ${line}`);
  return { name, labels, value: Number(number.replace("Inf", "Infinity")) };
}
