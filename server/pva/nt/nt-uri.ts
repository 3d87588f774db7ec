import { scalar, structure } from "../data/type-description.ts";
import { StructureValue } from "../data/value.ts";

/**
 * The argument of an RPC by custom (Normative Types, "NTURI"): the service's name as path, and what is asked as a query of
 * strings.
 */
export function ntUri(path: string, query: Readonly<Record<string, string>>): StructureValue {
  const names = Object.keys(query);
  const queryType = structure(
    "",
    names.map((name) => ({ name, type: scalar("string") })),
  );
  const type = structure("epics:nt/NTURI:1.0", [
    { name: "scheme", type: scalar("string") },
    { name: "path", type: scalar("string") },
    { name: "query", type: queryType },
  ]);
  return new StructureValue(type, ["pva", path, new StructureValue(queryType, Object.values(query))]);
}
