import { DecodeContext } from "../data/decode-context.ts";
import { decodeMemberRange, maxBitSetBytes, memberIsMarked } from "../data/delta.ts";
import type { TypeRegistry } from "../data/type-registry.ts";
import type { StructureValue } from "../data/value.ts";
import { isUnreadable, PvaError } from "../errors.ts";
import { MAX_SCRATCH_BYTES } from "../limits.ts";
import type { MonitorData } from "../message/monitor.ts";
import { decodeOperationReply, Subcommand } from "../message/operation.ts";
import { type BitSet, decodeBitSet } from "../wire/bit-set.ts";
import { ByteGatherer } from "../wire/byte-gatherer.ts";
import { ByteReader } from "../wire/byte-reader.ts";
import type { MessageHeader } from "../wire/header.ts";
import {
  type AnnouncedArray,
  type ArrayHead,
  type BulkArray,
  type BulkSink,
  decodeArrayHead,
} from "./bulk.ts";

/** A head of n bytes is read again when n / 8 more have come: one that comes in crumbs costs no n² of work. */
const RETRY_AFTER_GROWTH = 8;

/** A subscription whose big array goes to a sink. */
export interface BulkTarget {
  /** What has been received so far; updates are read onto it. */
  readonly current: StructureValue;
  /** Index of the member that holds the big array. */
  readonly bulkMember: number;
  readonly sink: BulkSink;
  /** An update is complete. */
  update(data: MonitorData, bulk: BulkArray | undefined): void;
  /** An update could not be read; the connection closes. */
  undecodable(error: PvaError): void;
}

/** An update whose array streams past: what was read before it, and where its bytes go. */
interface Passage {
  readonly target: BulkTarget;
  readonly changed: BitSet;
  /** Members up to and including the big array (its placeholder). */
  readonly value: StructureValue;
  readonly array: AnnouncedArray;
  readonly destination: Uint8Array | undefined;
  filled: number;
}

/**
 * Reads one MONITOR message after another while their bytes come, gathering everything but the big array:
 *
 *     ioid sub changed fields … count │ array bytes …                │ fields … overrun
 *     head: gathered, tried again     │ raw: each slice copied once  │ tail: gathered, read at the end
 *     with every slice                │ into the sink's destination  │
 *
 * Messages that cannot go this way (other subcommands, array not marked, no sink) are gathered whole and handed on.
 */
export class MonitorStream {
  readonly #registry: TypeRegistry;
  readonly #targetOf: (ioid: number) => BulkTarget | undefined;
  readonly #whole: (header: MessageHeader, payload: Uint8Array) => void;
  readonly #maxArrayBytes: number;
  readonly #gathered = new ByteGatherer();
  /** Length of the head at which reading it is tried again. */
  #retryAt = 0;
  #header: MessageHeader | undefined;
  #phase: "head" | "whole" | "raw" | "tail" = "head";
  #passage: Passage | undefined;
  /** Whose update is under way, once known. */
  #target: BulkTarget | undefined;

  /** @param options `targetOf` finds a subscription with a sink; `whole` takes all other messages */
  constructor(options: {
    readonly registry: TypeRegistry;
    readonly targetOf: (ioid: number) => BulkTarget | undefined;
    readonly whole: (header: MessageHeader, payload: Uint8Array) => void;
    readonly maxArrayBytes: number;
  }) {
    this.#registry = options.registry;
    this.#targetOf = options.targetOf;
    this.#whole = options.whole;
    this.#maxArrayBytes = options.maxArrayBytes;
  }

  begin(header: MessageHeader): void {
    this.#header = header;
    this.#phase = "head";
    this.#target = undefined;
    this.#retryAt = 0;
  }

  payload(bytes: Uint8Array): void {
    if (this.#phase === "raw") {
      this.#takeArray(bytes);
      return;
    }
    this.#gathered.append(bytes);
    if (this.#phase === "head" && this.#gathered.length >= this.#retryAt) this.#tryHead();
    else if (this.#phase === "tail" && this.#gathered.length > MAX_SCRATCH_BYTES)
      throw new PvaError("limit", "too much behind the array", {
        need: this.#gathered.length,
        have: MAX_SCRATCH_BYTES,
      });
  }

  /** Whether an array is under way: nothing of the payload taken so far is kept then. */
  get inArray(): boolean {
    return this.#phase === "raw";
  }

  /** What is left to fill of the array under way: the next payload bytes may be read straight into it. */
  get vacancy(): Uint8Array | undefined {
    const passage = this.#phase === "raw" ? this.#passage : undefined;
    return passage?.destination?.subarray(passage.filled);
  }

  /** The first `count` bytes of `vacancy` have been filled. */
  filled(count: number): void {
    const passage = this.#passage!;
    passage.filled += count;
    if (passage.filled === passage.array.byteLength) this.#phase = "tail";
  }

  end(): void {
    if (this.#phase === "head" && this.#retryAt > 0) this.#tryHead();
    const header = this.#header!;
    this.#header = undefined;
    const passage = this.#passage;
    if (passage === undefined) {
      this.#target = undefined; // whoever reads the whole message tells
      this.#whole(header, this.#gathered.take());
      return;
    }
    if (this.#phase === "raw")
      throw new PvaError("short-data", "message ends inside its array", {
        need: passage.array.byteLength,
        have: passage.filled,
      });
    this.#finish(passage, header.bigEndian);
  }

  /** The connection ends because of `error`: gives back what is half filled, and tells whose update was unreadable. */
  abort(error: PvaError): void {
    const target = this.#target;
    const destination = this.#passage?.destination;
    this.#target = undefined;
    this.#passage = undefined;
    this.#gathered.take();
    if (destination !== undefined) target?.sink.abandon(destination);
    if (isUnreadable(error)) target?.undecodable(error);
  }

  #tryHead(): void {
    const view = this.#gathered.view();
    try {
      const reader = new ByteReader(view, this.#header!.bigEndian);
      const offset = this.#registry.tentatively(() => this.#readHead(reader));
      if (offset === undefined) {
        this.#phase = "whole";
        return;
      }
      this.#gathered.take();
      this.#phase = "raw";
      this.#takeArray(view.subarray(offset));
    } catch (error) {
      // Not all of the head is here yet; if it never comes, the whole message is read and says what is missing.
      if (!(error instanceof PvaError) || error.code !== "short-data" || this.#phase === "raw") throw error;
      if (view.length > MAX_SCRATCH_BYTES) this.#phase = "whole";
      this.#retryAt = view.length + Math.floor(view.length / RETRY_AFTER_GROWTH);
    }
  }

  /** Opens a passage and returns where the array starts; undefined where this message must be read whole. */
  #readHead(reader: ByteReader): number | undefined {
    const { ioid, subcommand } = decodeOperationReply(reader);
    const target = subcommand === Subcommand.DEFAULT ? this.#targetOf(ioid) : undefined;
    if (target === undefined) return undefined;
    this.#target = target;
    const base = target.current;
    const index = target.bulkMember;
    const changed = decodeBitSet(reader, maxBitSetBytes(base.type));
    if (!memberIsMarked(base.type, index, changed)) return undefined;
    const context = new DecodeContext(reader, this.#registry);
    const before = decodeMemberRange(context, base, changed, 0, index);
    const head = decodeArrayHead(context, base.type.members[index]!.type);
    if (head === undefined) return undefined;
    this.#checkSize(head, reader.offset);
    const { elementType, count, byteLength } = head;
    const array = { elementType, count, byteLength, bigEndian: reader.bigEndian };
    this.#passage = {
      target,
      changed,
      value: before.withMember(index, head.placeholder),
      array,
      destination: acquire(target.sink, array),
      filled: 0,
    };
    return reader.offset;
  }

  #checkSize({ byteLength }: ArrayHead, offset: number): void {
    if (byteLength > this.#maxArrayBytes)
      throw new PvaError("limit", "array too large", { need: byteLength, have: this.#maxArrayBytes });
    const header = this.#header!;
    if (header.segment === "whole" && byteLength > header.length - offset)
      throw new PvaError("bad-value", "array longer than its message", {
        need: byteLength,
        have: header.length - offset,
      });
  }

  #takeArray(bytes: Uint8Array): void {
    const passage = this.#passage!;
    const count = Math.min(bytes.length, passage.array.byteLength - passage.filled);
    passage.destination?.set(count === bytes.length ? bytes : bytes.subarray(0, count), passage.filled);
    passage.filled += count;
    if (passage.filled < passage.array.byteLength) return;
    this.#phase = "tail";
    if (count < bytes.length) this.payload(bytes.subarray(count));
  }

  #finish({ target, changed, value, array, destination }: Passage, bigEndian: boolean): void {
    const context = new DecodeContext(new ByteReader(this.#gathered.take(), bigEndian), this.#registry);
    const members = value.type.members.length;
    const complete = decodeMemberRange(context, value, changed, target.bulkMember + 1, members);
    const overrun = decodeBitSet(context.reader, maxBitSetBytes(value.type));
    this.#passage = undefined;
    this.#target = undefined;
    target.update(
      { changed, value: complete, overrun },
      destination === undefined ? undefined : { ...array, destination },
    );
  }
}

function acquire(sink: BulkSink, array: AnnouncedArray): Uint8Array | undefined {
  const destination = sink.acquire(array);
  if (destination !== undefined && destination.length !== array.byteLength)
    throw new PvaError("bad-value", "sink gave a destination of the wrong length", {
      need: array.byteLength,
      have: destination.length,
    });
  return destination;
}
