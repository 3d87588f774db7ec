import { memberIsMarked } from "../data/delta.ts";
import type { StructureDescription } from "../data/type-description.ts";
import type { BitSet } from "../wire/bit-set.ts";

/*
 * A subscription's first update should mark everything the server has. core-pva sends a mere delta where a post comes
 * between START and the first sending, and fields that never change again, such as an image's dimensions, are then never
 * sent. So: when the first update that marks anything leaves out whole members, those are read with one GET and put in
 * before that update is delivered. An update that marks nothing is delivered as it is: the server has nothing yet.
 */

/** Longest time an update waits for what it lacks. */
export const COMPLETION_MS = 1000;

/** Indices of the top members of which `changed` marks nothing. */
export function missingMembers(type: StructureDescription, changed: BitSet): readonly number[] {
  return type.members.flatMap((_, index) => (memberIsMarked(type, index, changed) ? [] : [index]));
}
