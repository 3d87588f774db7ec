/** A label's name and value. */
export type Labels = Readonly<Record<string, string>>;

/** One line: a value, the labels that tell it from its sisters, and the end of its name (`_sum`, `_bucket`), if any. */
export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  readonly suffix?: string;
}

/** All lines of one name. */
export interface MetricFamily {
  /** `[a-zA-Z_:][a-zA-Z0-9_:]*`, with its unit, and `_total` at its end if it counts. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

/** The media type of what `familyText` writes. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * One metric in the text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats"). prom-client writes the
 * same; but it keeps its own copy of every number, cannot take a histogram that is counted elsewhere, and costs 18 MB.
 */
export function familyText({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.map(
    ({ suffix = "", labels = {}, value }) => `${name}${suffix}${labelsText(labels)} ${numberText(value)}\n`,
  );
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

/** A counter, or a gauge, of one value. */
export function single(type: "counter" | "gauge", name: string, help: string, value: number): MetricFamily {
  return { name, help, type, samples: [{ value }] };
}

/** A counter, or a gauge, with a value for each value of one label. */
export function labelled(
  type: "counter" | "gauge",
  name: string,
  help: string,
  label: string,
  values: Iterable<readonly [string, number]>,
): MetricFamily {
  const samples = Array.from(values, ([word, value]) => ({ value, labels: { [label]: word } }));
  return { name, help, type, samples };
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** A lone surrogate has no place in UTF-8; all else but these three may stand as it is. Most names have none of them. */
function escaped(value: string): string {
  if (/^[\w:.-]*$/u.test(value)) return value;
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
