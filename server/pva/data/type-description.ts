import type { ScalarType } from "./scalar-types.ts";

/** How many elements an array may have: any number, at most `count`, or always `count` (then no count is on the wire). */
export type ArraySize =
  | { readonly kind: "variable" }
  | { readonly kind: "bounded"; readonly count: number }
  | { readonly kind: "fixed"; readonly count: number };

/** Any number of elements: the only form current servers send. */
export const VARIABLE: ArraySize = { kind: "variable" };

/** One value of a scalar type. */
export interface ScalarDescription {
  readonly kind: "scalar";
  readonly scalar: ScalarType;
  /** Of a bounded string: its longest length in bytes. Told, not enforced. */
  readonly maxBytes?: number;
}

/** An array of one scalar type. */
export interface ScalarArrayDescription {
  readonly kind: "scalar-array";
  readonly scalar: ScalarType;
  readonly size: ArraySize;
}

/** A named part of a structure or union. */
export interface Member {
  readonly name: string;
  readonly type: TypeDescription;
}

interface Compound {
  /** Type id such as "epics:nt/NTNDArray:1.0"; often "". */
  readonly id: string;
  readonly members: readonly Member[];
  /** Index into `members` by name; names come from the network, hence a Map. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** Nodes of this type with every part counted. */
  readonly nodes: number;
  /** Levels of nesting, 1 for a structure of scalars plus one. */
  readonly height: number;
}

/**
 * A structure. Bits of change sets are numbered depth first: the structure itself, then each member, a member structure
 * taking as many as it has parts (Protocol-Encoding, "Partial structures").
 *
 *     structure      0     memberBits[i] = bit of member i counted from the structure's own bit,
 *       a: int       1     so a type numbers alike wherever it stands.
 *       b: structure 2
 *         c: int     3
 *       d: any       4     bitCount 5
 */
export interface StructureDescription extends Compound {
  readonly kind: "structure";
  readonly memberBits: readonly number[];
  readonly bitCount: number;
}

/** A union: one of its members, chosen with every value. */
export interface UnionDescription extends Compound {
  readonly kind: "union";
}

/** Variant union: carries its type with every value. */
export interface AnyDescription {
  readonly kind: "any";
}

/** An array of structures of one type; elements may be null. */
export interface StructureArrayDescription {
  readonly kind: "structure-array";
  readonly element: StructureDescription;
  readonly size: ArraySize;
}

/** An array of unions of one type; elements may be null. */
export interface UnionArrayDescription {
  readonly kind: "union-array";
  readonly element: UnionDescription;
  readonly size: ArraySize;
}

/** An array of variant unions; elements may be null. */
export interface AnyArrayDescription {
  readonly kind: "any-array";
  readonly size: ArraySize;
}

/** Introspection data of a PVA value: what the protocol calls FieldDesc. Immutable, shared freely. */
export type TypeDescription =
  | ScalarDescription
  | ScalarArrayDescription
  | StructureDescription
  | UnionDescription
  | AnyDescription
  | StructureArrayDescription
  | UnionArrayDescription
  | AnyArrayDescription;

const ANY: AnyDescription = { kind: "any" };
const ANY_ARRAY: AnyArrayDescription = { kind: "any-array", size: VARIABLE };

/** One value of a scalar type. */
export function scalar(type: ScalarType): ScalarDescription {
  return { kind: "scalar", scalar: type };
}

/** An array of one scalar type. */
export function scalarArray(type: ScalarType, size: ArraySize = VARIABLE): ScalarArrayDescription {
  return { kind: "scalar-array", scalar: type, size };
}

/** A variant union, "any". */
export function anyType(): AnyDescription {
  return ANY;
}

/** An array of variant unions; elements may be null. */
export function anyArray(size: ArraySize = VARIABLE): AnyArrayDescription {
  return size === VARIABLE ? ANY_ARRAY : { kind: "any-array", size };
}

/** A structure with these members, in wire order. Of two members with one name the first is found by name. */
export function structure(id: string, members: readonly Member[]): StructureDescription {
  const memberBits: number[] = [];
  let bitCount = 1;
  for (const { type } of members) {
    memberBits.push(bitCount);
    bitCount += bitCountOf(type);
  }
  return { kind: "structure", ...compound(id, members), memberBits, bitCount };
}

/** A union of these members, numbered in this order. */
export function union(id: string, members: readonly Member[]): UnionDescription {
  return { kind: "union", ...compound(id, members) };
}

/** An array of structures of this type. */
export function structureArray(
  element: StructureDescription,
  size: ArraySize = VARIABLE,
): StructureArrayDescription {
  return { kind: "structure-array", element, size };
}

/** An array of unions of one type; elements may be null. */
export function unionArray(element: UnionDescription, size: ArraySize = VARIABLE): UnionArrayDescription {
  return { kind: "union-array", element, size };
}

/** Bits a node takes in a change set: only structures number their parts. */
export function bitCountOf(type: TypeDescription): number {
  return type.kind === "structure" ? type.bitCount : 1;
}

/** Nodes of a type with every part counted where it is used. */
export function nodesOf(type: TypeDescription): number {
  switch (type.kind) {
    case "structure":
    case "union":
      return type.nodes;
    case "structure-array":
    case "union-array":
      return 1 + type.element.nodes;
    default:
      return 1;
  }
}

/** Levels of nesting of a type; 1 for scalars. */
export function heightOf(type: TypeDescription): number {
  switch (type.kind) {
    case "structure":
    case "union":
      return type.height;
    case "structure-array":
    case "union-array":
      return 1 + type.element.height;
    default:
      return 1;
  }
}

function compound(id: string, members: readonly Member[]): Compound {
  const indexOf = new Map<string, number>();
  members.forEach(({ name }, index) => {
    if (!indexOf.has(name)) indexOf.set(name, index);
  });
  return {
    id,
    members,
    indexOf,
    nodes: members.reduce((sum, { type }) => sum + nodesOf(type), 1),
    height: 1 + members.reduce((highest, { type }) => Math.max(highest, heightOf(type)), 0),
  };
}
