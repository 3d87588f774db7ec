import type { BulkArray } from "../../server/pva/client/bulk.ts";
import { type BulkTarget, MonitorStream } from "../../server/pva/client/monitor-stream.ts";
import { readAhead } from "../../server/pva/client/read-ahead.ts";
import { Receiver } from "../../server/pva/client/receiver.ts";
import {
  scalar,
  scalarArray,
  structure,
  type TypeDescription,
  union,
} from "../../server/pva/data/type-description.ts";
import { TypeRegistry } from "../../server/pva/data/type-registry.ts";
import { defaultStructure, type StructureValue } from "../../server/pva/data/value.ts";
import { PvaError } from "../../server/pva/errors.ts";
import { Framer } from "../../server/pva/wire/framer.ts";

/** Operation id of the subscriber. */
export const IOID = 5;
/** A union of string[] and ushort[]. */
export const CHOICE = union("", [
  { name: "names", type: scalarArray("string") },
  { name: "ushortValue", type: scalarArray("ushort") },
]);

/** A subscription on a structure `before`, `value`, `after`, and what it has seen. */
export class Subscriber implements BulkTarget {
  readonly bulkMember = 1;
  readonly updates: {
    value: StructureValue;
    changed: number[];
    overrun: number[];
    bulk: BulkArray | undefined;
  }[] = [];
  readonly given: Uint8Array[] = [];
  readonly abandoned: Uint8Array[] = [];
  readonly wholes: Uint8Array[] = [];
  readonly faults: PvaError[] = [];
  drop = false;
  current: StructureValue;

  constructor(valueType: TypeDescription, beforeType: TypeDescription = scalar("string")) {
    const members = [
      { name: "before", type: beforeType },
      { name: "value", type: valueType },
      { name: "after", type: scalar("int") },
    ];
    this.current = defaultStructure(structure("", members));
  }

  readonly sink = {
    acquire: ({ byteLength }: { byteLength: number }): Uint8Array | undefined => {
      if (this.drop) return undefined;
      const destination = new Uint8Array(byteLength);
      this.given.push(destination);
      return destination;
    },
    abandon: (destination: Uint8Array): void => void this.abandoned.push(destination),
  };

  update(
    data: { value: StructureValue; changed: Iterable<number>; overrun: Iterable<number> },
    bulk: BulkArray | undefined,
  ): void {
    this.current = data.value;
    this.updates.push({ value: data.value, changed: [...data.changed], overrun: [...data.overrun], bulk });
  }

  undecodable(error: PvaError): void {
    this.faults.push(error);
  }
}

/**
 * Feeds a stream, as a connection does: a throw ends it.
 * @param options `aheadBytes` how much may be read ahead at a time: taken from the chunks behind the one just fed
 */
export function feed(
  target: Subscriber,
  chunks: readonly Uint8Array[],
  { maxArrayBytes = 1e6, aheadBytes = 0 } = {},
): PvaError | undefined {
  const stream = new MonitorStream({
    registry: new TypeRegistry(),
    targetOf: (ioid) => (ioid === IOID ? target : undefined),
    whole: (_, payload) => void target.wholes.push(payload.slice()),
    maxArrayBytes,
  });
  const receiver = new Receiver(stream, { message: () => undefined, control: () => undefined });
  const framer = new Framer(receiver, { fromServer: true, maxMessageBytes: 1e7 });
  try {
    const arrived = [...chunks];
    for (let chunk = arrived.shift(); chunk !== undefined; chunk = arrived.shift()) {
      framer.push(chunk);
      if (aheadBytes > 0) readAhead(framer, stream, (view) => moved(arrived, view.subarray(0, aheadBytes)));
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof PvaError)) throw error;
    stream.abort(error);
    return error;
  }
}

/** Takes the first bytes of `chunks` into `view`; how many. */
function moved(chunks: Uint8Array[], view: Uint8Array): number {
  const first = chunks.shift();
  if (first === undefined) return 0;
  const count = Math.min(first.length, view.length);
  view.set(first.subarray(0, count));
  if (count < first.length) chunks.unshift(first.subarray(count));
  return count;
}
