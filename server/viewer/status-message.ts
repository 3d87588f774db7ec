import type { PictureWords, StatusMessage } from "../http/protocol.ts";

const STATES: readonly StatusMessage["state"][] = [
  "connecting",
  "live",
  "stalled",
  "disconnected",
  "lingering",
  "closed",
];
const DROPS = ["overrun", "skipped", "paced", "slow", "failed"] as const;

/**
 * Reads a text message of the stream. Anything that is not a status is `undefined`, so that a newer server may say
 * more; a field of the wrong type is left out, so that the page never shows `NaN` or `[object Object]`.
 */
export function parseStatusMessage(text: string): StatusMessage | undefined {
  const fields = jsonFields(text);
  const state = STATES.find((known) => known === fields["state"]);
  if (fields["type"] !== "status" || state === undefined) return undefined;
  const range = fieldsOf(fields["range"]);
  const drops = fieldsOf(fields["drops"]);
  return {
    type: "status",
    state,
    pv: textOf(fields["pv"]) ?? "",
    reason: textOf(fields["reason"]) ?? "",
    ...optional("width", numberOf(fields["width"])),
    ...optional("height", numberOf(fields["height"])),
    ...optional("sampleType", textOf(fields["sampleType"])),
    ...optional("colourMode", textOf(fields["colourMode"])),
    ...optional("planes", numberOf(fields["planes"])),
    ...optional("bayer", textOf(fields["bayer"])),
    ...optional("codec", textOf(fields["codec"])),
    ...optional("reverseX", switchOf(fields["reverseX"])),
    ...optional("reverseY", switchOf(fields["reverseY"])),
    ...optional("failure", textOf(fields["failure"])),
    ...optional("picture", pictureOf(fieldsOf(fields["picture"]))),
    ...optional("range", rangeOf(numberOf(range["low"]), numberOf(range["high"]))),
    ...optional("encoder", textOf(fields["encoder"])),
    cameraFps: numberOf(fields["cameraFps"]) ?? 0,
    encodedFps: numberOf(fields["encodedFps"]) ?? 0,
    viewers: numberOf(fields["viewers"]) ?? 0,
    drops: Object.fromEntries(
      DROPS.map((name) => [name, numberOf(drops[name]) ?? 0]),
    ) as StatusMessage["drops"],
  };
}

type Fields = Readonly<Record<string, unknown>>;

function jsonFields(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function rangeOf(low: number | undefined, high: number | undefined): StatusMessage["range"] {
  return low === undefined || high === undefined ? undefined : { low, high };
}

function switchOf(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function pictureOf(fields: Fields): PictureWords | undefined {
  const [width, height, source] = [
    numberOf(fields["width"]),
    numberOf(fields["height"]),
    textOf(fields["source"]),
  ];
  const region = regionOf(fieldsOf(fields["region"]));
  if (width === undefined || height === undefined || source === undefined || region === undefined) {
    return undefined;
  }
  const named: unknown[] = Array.isArray(fields["issues"]) ? fields["issues"] : [];
  const issues = named.filter((issue) => typeof issue === "string");
  return { region, width, height, issues, source };
}

function regionOf(fields: Fields): PictureWords["region"] | undefined {
  const numbers = ["x", "y", "width", "height", "plane"].map(
    (name) => [name, numberOf(fields[name])] as const,
  );
  if (numbers.some(([, number]) => number === undefined)) return undefined;
  return Object.fromEntries(numbers) as unknown as PictureWords["region"];
}

/** A property that is absent rather than undefined. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: Value });
}
