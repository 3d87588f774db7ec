import { decodeCount, decodeSelector } from "../data/decode-value.ts";
import type { DecodeContext } from "../data/decode-context.ts";
import { decodeTypeOrNull } from "../data/decode-type.ts";
import { bytesPerNumber, isNumeric, type NumericType, type ScalarType } from "../data/scalar-types.ts";
import type { TypeDescription } from "../data/type-description.ts";
import { AnyValue, ArrayElsewhere, UnionValue, type Value } from "../data/value.ts";

/** The one big array of an update, as its message announces it before its bytes come. */
export interface AnnouncedArray {
  readonly elementType: ScalarType;
  /** Elements. */
  readonly count: number;
  /** `count` × bytes per element. */
  readonly byteLength: number;
  /** Byte order of the elements: as the sender's machine has them. */
  readonly bigEndian: boolean;
}

/** Takes the bytes of the one big array of each update, chunk by chunk, straight from the socket. */
export interface BulkSink {
  /**
   * Called when element type and count are known, before the bytes; never for an empty array. Return a destination of
   * exactly `byteLength` bytes, ours to write until it comes back through `MonitorListener.update` or `abandon`, or
   * undefined to drop the bytes of this update.
   */
  acquire(array: AnnouncedArray): Uint8Array | undefined;
  /** The update failed half way, or came after the monitor was stopped: the destination will not be delivered. */
  abandon(destination: Uint8Array): void;
}

/** An array that has arrived in the destination its sink gave. */
export interface BulkArray extends AnnouncedArray {
  readonly destination: Uint8Array;
}

/** What stands in front of the bytes of an array: its announcement, and the value to put in its place. */
export interface ArrayHead {
  readonly elementType: NumericType;
  readonly count: number;
  readonly byteLength: number;
  readonly placeholder: Value;
}

/**
 * Reads up to the first byte of the numeric array in a field of `type`: a plain array, the selected member of a union,
 * or what an `any` holds. Undefined where no array with elements follows: nothing selected, strings, structures.
 */
export function decodeArrayHead(context: DecodeContext, type: TypeDescription): ArrayHead | undefined {
  switch (type.kind) {
    case "scalar-array": {
      if (!isNumeric(type.scalar)) return undefined;
      const count = decodeCount(context.reader, type.size);
      if (count === 0) return undefined;
      const byteLength = count * bytesPerNumber(type.scalar);
      return { elementType: type.scalar, count, byteLength, placeholder: new ArrayElsewhere(count) };
    }
    case "union": {
      const selector = decodeSelector(context.reader, type);
      if (selector === null) return undefined;
      return wrapped(
        decodeArrayHead(context, type.members[selector]!.type),
        (inner) => new UnionValue(type, selector, inner),
      );
    }
    case "any": {
      const inner = decodeTypeOrNull(context);
      if (inner?.kind !== "scalar-array") return undefined;
      return wrapped(decodeArrayHead(context, inner), (value) => new AnyValue(inner, value));
    }
    default:
      return undefined;
  }
}

function wrapped(head: ArrayHead | undefined, wrap: (inner: Value) => Value): ArrayHead | undefined {
  return head === undefined ? undefined : { ...head, placeholder: wrap(head.placeholder) };
}
