import { buildStructure } from "../data/build-value.ts";
import { scalar, structure } from "../data/type-description.ts";
import { StructureValue } from "../data/value.ts";
import { PvaError } from "../errors.ts";
import { ntScalar, ntScalarArray } from "../nt/nt-scalar.ts";
import { RpcPv } from "./pv.ts";

/**
 * Name of the PV that tells about its server. It is not found by searches, for every server has one: clients connect to
 * the server they mean (pvxs serversource.cpp).
 */
export const SERVER_PV = "server";

const HELP = "op=channels lists the PVs of this server, op=info tells what server this is";

const INFO_TYPE = structure("", [
  { name: "implLang", type: scalar("string") },
  { name: "version", type: scalar("string") },
]);

/** What `pvlist HOST` and its like call: the names this server has, or what it is made of; answers as pvxs does. */
export function serverPv(names: () => Iterable<string>, version: string): RpcPv {
  return new RpcPv((argument) => {
    const query = argument.field("query");
    const asked = query instanceof StructureValue ? query : argument;
    if (asked.field("help") !== undefined) return buildStructure(ntScalar("string"), { value: HELP });
    const operation = asked.field("op");
    if (operation === "channels")
      return buildStructure(ntScalarArray("string"), { value: [...new Set(names())].sort() });
    if (operation === "info") return buildStructure(INFO_TYPE, { implLang: "typescript", version });
    throw new PvaError("bad-value", `${SERVER_PV} knows op=channels and op=info`);
  });
}
