import {
  AnyValue,
  ArrayElsewhere,
  BitSet,
  bitOfField,
  type BulkSink,
  type Monitor,
  type MonitorListener,
  type MonitorOptions,
  type MonitorStatistics,
  type NumericArray,
  type PvaError,
  type ScalarType,
  type StructureValue,
  type StructureDescription,
  UnionValue,
  type Value,
} from "../../server/pva/index.ts";
import type { ImageClient } from "../../server/source/index.ts";
import { ARRAYS } from "./build-ndarray.ts";

/** Stands for the PVA client: hands what a test says to the source the way the real client does. */
export class FakeClient implements ImageClient {
  readonly monitors: FakeMonitor[] = [];
  monitor(name: string, options: MonitorOptions, listener: MonitorListener): Monitor {
    const monitor = new FakeMonitor(name, options.bulk!.sink, listener);
    this.monitors.push(monitor);
    return monitor;
  }

  get only(): FakeMonitor {
    if (this.monitors.length !== 1) throw new Error(`There are ${this.monitors.length} monitors.`);
    return this.monitors[0]!;
  }
}

export class FakeMonitor implements Monitor {
  readonly name: string;
  stopped = false;
  readonly #sink: BulkSink;
  readonly #listener: MonitorListener;

  constructor(name: string, sink: BulkSink, listener: MonitorListener) {
    this.name = name;
    this.#sink = sink;
    this.#listener = listener;
  }

  get statistics(): MonitorStatistics {
    return { updates: 0, overruns: 0, squashed: 0 };
  }

  pause(): void {
    throw new Error("sources do not pause");
  }

  resume(): void {
    throw new Error("sources do not pause");
  }

  stop(): void {
    this.stopped = true;
  }

  searching(): void {
    this.#listener.state({ kind: "searching" });
  }

  connected(type: StructureDescription): void {
    this.#listener.state({ kind: "connected", server: "127.0.0.1:5075", type });
  }

  disconnected(reason: string): void {
    this.#listener.state({ kind: "disconnected", reason });
  }

  refused(message: string): void {
    this.#listener.state({ kind: "refused", message });
  }

  fault(error: PvaError): void {
    this.#listener.fault(error);
  }

  /** An update whose array goes through the sink, as all arrays of numbers do; `fields` are those marked as changed. */
  deliver(
    value: StructureValue,
    options: { readonly bigEndian?: boolean; readonly fields?: readonly string[] } = {},
  ): void {
    const changed =
      options.fields === undefined
        ? BitSet.of(0)
        : BitSet.of(...options.fields.map((field) => bitOfField(value.type, field)!));
    const samples = numbersOf(value);
    const marked = options.fields === undefined || options.fields.includes("value");
    if (samples === undefined || samples.length === 0 || !marked) {
      this.#update(value, changed);
      return;
    }
    const array = announced(samples, options.bigEndian ?? false);
    const destination = this.#sink.acquire(array);
    destination?.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const without = value.withMember(
      value.type.indexOf.get("value")!,
      elsewhere(value.field("value")!, samples.length),
    );
    this.#listener.update({
      value: without,
      changed,
      overrun: new BitSet(),
      ...(destination === undefined ? {} : { bulk: { ...array, destination } }),
    });
  }

  /** An update decoded as a whole, its array in the value. */
  deliverDecoded(value: StructureValue): void {
    this.#update(value, BitSet.of(0));
  }

  /** An update of which the connection broke in the middle of the array. */
  breakOff(value: StructureValue): void {
    const destination = this.#sink.acquire(announced(numbersOf(value)!, false));
    destination?.fill(255);
    if (destination !== undefined) this.#sink.abandon(destination);
  }

  #update(value: StructureValue, changed: BitSet): void {
    this.#listener.update({ value, changed, overrun: new BitSet() });
  }
}

function numbersOf(value: StructureValue): NumericArray | undefined {
  const field = value.field("value");
  const inner = field instanceof UnionValue || field instanceof AnyValue ? field.value : field;
  return ArrayBuffer.isView(inner) ? inner : undefined;
}

function announced(samples: NumericArray, bigEndian: boolean) {
  const elementType = Object.entries(ARRAYS).find(
    ([, arrayType]) => samples instanceof arrayType,
  )![0] as ScalarType;
  return { elementType, count: samples.length, byteLength: samples.byteLength, bigEndian };
}

function elsewhere(field: Value, count: number): Value {
  if (field instanceof UnionValue)
    return new UnionValue(field.type, field.selector, new ArrayElsewhere(count));
  if (field instanceof AnyValue) return new AnyValue(field.type, new ArrayElsewhere(count));
  return new ArrayElsewhere(count);
}
