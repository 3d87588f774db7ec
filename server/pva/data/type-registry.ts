import { PvaError } from "../errors.ts";
import { MAX_REGISTRY_NODES } from "../limits.ts";
import { nodesOf, type TypeDescription } from "./type-description.ts";

/**
 * The types a peer has given ids on one connection, in one direction (FieldDesc codes FD and FE). Every message of a
 * known operation must be decoded, or this falls behind and a later FE finds nothing.
 */
export class TypeRegistry {
  readonly #types = new Map<number, TypeDescription>();
  #nodes = 0;

  /** Remembers a type. An id defined again stands for the new type: core-pva numbers each of its messages afresh. */
  define(id: number, type: TypeDescription): void {
    const old = this.#types.get(id);
    this.#nodes += nodesOf(type) - (old === undefined ? 0 : nodesOf(old));
    if (this.#nodes > MAX_REGISTRY_NODES)
      throw new PvaError("limit", "type registry full", { need: this.#nodes, have: MAX_REGISTRY_NODES });
    this.#types.set(id, type);
  }

  /** The type with this id; throws `unknown-type-id`. */
  lookup(id: number): TypeDescription {
    const type = this.#types.get(id);
    if (type === undefined) throw new PvaError("unknown-type-id", `type id ${id} was never defined`);
    return type;
  }

  get size(): number {
    return this.#types.size;
  }
}
