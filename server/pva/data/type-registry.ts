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
  /** While reading tentatively: what stood under the ids defined since. */
  #replaced: Map<number, TypeDescription | undefined> | undefined;

  /** Remembers a type. An id defined again stands for the new type: core-pva numbers each of its messages afresh. */
  define(id: number, type: TypeDescription): void {
    const old = this.#types.get(id);
    this.#nodes += nodesOf(type) - (old === undefined ? 0 : nodesOf(old));
    if (this.#nodes > MAX_REGISTRY_NODES)
      throw new PvaError("limit", "type registry full", { need: this.#nodes, have: MAX_REGISTRY_NODES });
    if (this.#replaced?.has(id) === false) this.#replaced.set(id, old);
    this.#types.set(id, type);
  }

  /**
   * Runs `read`; what it defines is forgotten again where it throws or returns undefined. For bytes that may be read
   * once more: a type used and then defined anew would be another one the second time.
   */
  tentatively<Result>(read: () => Result | undefined): Result | undefined {
    const replaced = (this.#replaced = new Map<number, TypeDescription | undefined>());
    const nodes = this.#nodes;
    let result: Result | undefined;
    try {
      result = read();
      return result;
    } finally {
      this.#replaced = undefined;
      if (result === undefined) {
        for (const [id, type] of replaced) {
          if (type === undefined) this.#types.delete(id);
          else this.#types.set(id, type);
        }
        this.#nodes = nodes;
      }
    }
  }

  /** The type with this id, or undefined. */
  lookup(id: number): TypeDescription | undefined {
    return this.#types.get(id);
  }

  get size(): number {
    return this.#types.size;
  }
}
