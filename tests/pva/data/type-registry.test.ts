import { expect, test } from "bun:test";
import { scalar, structure } from "../../../server/pva/data/type-description.ts";
import { TypeRegistry } from "../../../server/pva/data/type-registry.ts";
import { MAX_REGISTRY_NODES } from "../../../server/pva/limits.ts";

test("the registry bounds what all its types take together, redefinitions not counted twice", () => {
  const members = Array.from({ length: 9999 }, (_, index) => ({ name: String(index), type: scalar("int") }));
  const large = structure("", members);
  const registry = new TypeRegistry();
  const room = MAX_REGISTRY_NODES / large.nodes;
  for (let id = 0; id < room; id++) registry.define(id, large);
  for (let round = 0; round < 10; round++) registry.define(0, large);
  expect(registry.size).toBe(room);
  expect(() => registry.define(room, scalar("int"))).toThrow(expect.objectContaining({ code: "limit" }));
});
