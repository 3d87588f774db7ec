import { type Member, scalar, structure } from "../data/type-description.ts";
import { StructureValue, type Value } from "../data/value.ts";

/** What a pvRequest asks for. */
export interface PvRequest {
  /** Dotted names of the fields wanted; empty for all. */
  readonly fields: readonly string[];
  readonly pipeline: boolean;
  /** Updates the server may queue; undefined leaves it to the server. */
  readonly queueSize: number | undefined;
}

/**
 * The structure field{…} record{_options{…}} that INIT requests carry. Option values are strings: pvDatabase reads
 * queueSize from nothing else.
 */
export function buildPvRequest({
  fields = [],
  pipeline = false,
  queueSize,
}: Partial<PvRequest> = {}): StructureValue {
  const options = new Map<string, string>();
  if (pipeline) options.set("pipeline", "true");
  if (queueSize !== undefined) options.set("queueSize", String(queueSize));
  const field = selection(fields.map((path) => path.split(".")));
  if (options.size === 0) return nest({ field });
  const optionMembers = [...options.keys()].map((name) => ({ name, type: scalar("string") }));
  const optionValues = new StructureValue(structure("", optionMembers), [...options.values()]);
  return nest({ field, record: nest({ [OPTIONS]: optionValues }) });
}

/** Reads a client's pvRequest: options as strings, numbers or booleans; whatever else it holds is ignored. */
export function readPvRequest(request: StructureValue): PvRequest {
  const field = request.field("field");
  const queueSize = Number(optionText(request, "queueSize"));
  return {
    fields: field instanceof StructureValue ? leafPaths(field) : [],
    pipeline: optionText(request, "pipeline") === "true",
    queueSize: Number.isInteger(queueSize) && queueSize > 0 ? queueSize : undefined,
  };
}

/** Holds options of the whole request below `record`, and of single fields (a deadband) below theirs. */
const OPTIONS = "_options";

function optionText(request: StructureValue, name: string): string | undefined {
  const value: Value | undefined = request.field(`record.${OPTIONS}.${name}`);
  return typeof value === "object" || value === undefined ? undefined : String(value);
}

function leafPaths(selected: StructureValue): readonly string[] {
  return selected.type.members.flatMap(({ name }, index) => {
    if (name === OPTIONS) return [];
    const inner = selected.members[index];
    const below = inner instanceof StructureValue ? leafPaths(inner) : [];
    return below.length === 0 ? [name] : below.map((path) => `${name}.${path}`);
  });
}

/** Nested empty structures: how a pvRequest selects fields. */
function selection(paths: readonly (readonly string[])[]): StructureValue {
  const names = [...new Set(paths.map(([first]) => first).filter((name) => name !== undefined))];
  const members = names.map((name) => {
    const below = paths
      .filter(([first, ...rest]) => first === name && rest.length > 0)
      .map((path) => path.slice(1));
    return { name, value: selection(below) };
  });
  return nest(Object.fromEntries(members.map(({ name, value }) => [name, value])));
}

function nest(parts: Readonly<Record<string, StructureValue>>): StructureValue {
  const entries = Object.entries(parts);
  const members: Member[] = entries.map(([name, value]) => ({ name, type: value.type }));
  return new StructureValue(
    structure("", members),
    entries.map(([, value]) => value),
  );
}
