import { TypeIds } from "../../data/referring-writer.ts";
import type { StructureDescription, TypeDescription } from "../../data/type-description.ts";
import type { MonitorData } from "../../message/monitor.ts";
import { BitSet } from "../../wire/bit-set.ts";
import { ControlCommand } from "../../wire/commands.ts";
import { frameControl } from "../../wire/frame.ts";
import { type Dialect, PLAIN, type SearchDialect } from "../dialect.ts";
import { leavesOf } from "../field-bits.ts";
import { NastyWriter } from "./nasty-writer.ts";
import { type Cutting, cut, frameSegments } from "./segments.ts";

/** What other servers do and ours does not; each of it legal, or at least met with. For tests of clients. */
export interface Nastiness {
  /** As on PowerPC and other big-endian hosts. */
  readonly bigEndian?: boolean;
  /** Segmented messages, as the old C++ stack sends them. */
  readonly segments?: Cutting["style"];
  /** Bytes of a segment; 17 KiB if left out. */
  readonly pieceBytes?: number;
  /** Segments without payload, a middle and a last one, in every message. */
  readonly emptySegments?: boolean;
  /** A control echo request between any two segments. */
  readonly echoes?: boolean;
  /** Types by id, nested ones too: old C++ stack. */
  readonly references?: boolean;
  /** 0xFF for the empty string: core-pva. */
  readonly nullStrings?: boolean;
  /** Marks a structure as well as all that lies in it: QSRV1, spdodeca. */
  readonly redundantBits?: boolean;
  /** An update without fields before the first: pvxs, for a PV without a value. Or a first one of one field: core-pva. */
  readonly firstUpdate?: "empty" | "delta";
  /** An unknown channel is answered with a WARNING and server id 0: spdodeca. */
  readonly hollowChannels?: boolean;
  /** An unknown channel is not answered at all: core-pva. */
  readonly silentRefusals?: boolean;
  /** A pipelined MONITOR is not answered: core-pva. */
  readonly noPipeline?: boolean;
  /** Under pipeline an empty update and old ones again, newest last, as many as the window lets: pvDatabase. */
  readonly oldFrames?: boolean;
  /** Searches over TCP are read in the connection's order, whatever they say: pvDatabase. */
  readonly ownOrder?: boolean;
  /** Searches are answered big-endian by UDP whatever TCP does, as pvxs and core-pva do. */
  readonly bigEndianSearch?: boolean;
  /** UDP answers come from another port: old C++ stack. */
  readonly answersFromOtherPort?: boolean;
  /** Every name that is not here is answered with found = 0: as pvxs without its id, or as pvDatabase with it. */
  readonly notFound?: SearchDialect["notFound"];
  /** Searches over TCP are answered with port 0, "this circuit": core-pva. */
  readonly portZero?: boolean;
  /** So many whole updates still come after DESTROY REQUEST: old C++ stack. */
  readonly lateUpdates?: number;
}

/** Makes the dialect of each new connection: for the option `dialect` of PvaServer. */
export function nastyDialect(nastiness: Nastiness): () => Dialect {
  return () => new NastyDialect(nastiness);
}

/** How searches are answered: for the option `searchDialect` of PvaServer. */
export function nastySearch(nastiness: Nastiness): SearchDialect {
  const { bigEndianSearch, bigEndian = false, notFound = "silence" } = nastiness;
  return {
    sender: { fromServer: true, bigEndian: bigEndianSearch ?? bigEndian },
    notFound,
    tellsPort: nastiness.portZero !== true,
    fromOtherPort: nastiness.answersFromOtherPort === true,
  };
}

/** Updates that a monitor of pvDatabase keeps and sends again. */
const KEPT_UPDATES = 3;

class NastyDialect implements Dialect {
  readonly sender: Dialect["sender"];
  readonly knowsPipeline: boolean;
  readonly readsSearchesInOwnOrder: boolean;
  readonly #nastiness: Nastiness;
  readonly #ids = new TypeIds();
  /** The latest updates of each type, oldest first. */
  readonly #sent = new WeakMap<StructureDescription, readonly MonitorData[]>();

  constructor(nastiness: Nastiness) {
    this.#nastiness = nastiness;
    this.sender = { fromServer: true, bigEndian: nastiness.bigEndian ?? false };
    this.knowsPipeline = nastiness.noPipeline !== true;
    this.readsSearchesInOwnOrder = nastiness.ownOrder === true;
  }

  frame: Dialect["frame"] = (command, body) => {
    const { references = false, nullStrings = false, segments, pieceBytes } = this.#nastiness;
    const { emptySegments: withEmpty = false, echoes = false } = this.#nastiness;
    const writer = new NastyWriter(this.sender.bigEndian, this.#ids, { references, nullStrings });
    body(writer);
    const payloads =
      segments === undefined
        ? cut(writer.parts(), { style: "pieces", pieceBytes: Infinity, withEmpty })
        : cut(writer.parts(), { style: segments, pieceBytes, withEmpty });
    const between = echoes ? [frameControl(this.sender, ControlCommand.ECHO_REQUEST, 0x65)] : [];
    return frameSegments(this.sender, command, payloads, between);
  };

  refusal: Dialect["refusal"] = (cid, message) => {
    const { hollowChannels = false, silentRefusals = false } = this.#nastiness;
    if (silentRefusals) return undefined;
    return hollowChannels
      ? { cid, sid: 0, status: { kind: "warning", message, callTree: "" } }
      : PLAIN.refusal(cid, message);
  };

  updates: Dialect["updates"] = (update, isFirst, window) => {
    const { firstUpdate, oldFrames = false } = this.#nastiness;
    const whole = this.#marked(update);
    if (oldFrames && window !== undefined) return this.#again(whole, window);
    if (!isFirst || firstUpdate === undefined) return [whole];
    const changed =
      firstUpdate === "empty" ? new BitSet() : leavesOf(update.value.type, [mainField(update.value.type)]);
    const early = { ...update, changed, overrun: new BitSet() };
    return firstUpdate === "empty" ? [early, whole] : [early];
  };

  afterwards: Dialect["afterwards"] = ({ newest }) => {
    const { lateUpdates = 0 } = this.#nastiness;
    if (newest === undefined) return [];
    const late = { value: newest, changed: BitSet.of(0), overrun: new BitSet() };
    return Array<MonitorData>(lateUpdates).fill(late);
  };

  /** What was sent before once more, from the oldest on, nothing at all, and the new one last. */
  #again(update: MonitorData, window: number): readonly MonitorData[] {
    const before = this.#sent.get(update.value.type) ?? [];
    this.#sent.set(update.value.type, [...before, update].slice(-KEPT_UPDATES));
    const empty = { ...update, changed: new BitSet(), overrun: new BitSet() };
    const again = before.length === 0 ? [] : [...before, empty];
    return [...again.slice(0, window - 1), update];
  }

  #marked(update: MonitorData): MonitorData {
    if (this.#nastiness.redundantBits !== true) return update;
    const changed = new BitSet();
    markWithParents(update.value.type, update.changed, changed);
    return { ...update, changed };
  }
}

/** The field a server posts that posts one alone. */
function mainField(type: StructureDescription): string {
  return type.indexOf.has("value") ? "value" : (type.members[0]?.name ?? "");
}

/** Marks every top member of which anything is marked, with all that lies in it; and all there is for bit 0. */
function markWithParents(type: StructureDescription, marked: BitSet, into: BitSet): void {
  if (marked.has(0)) into.add(0);
  type.members.forEach(({ type: member }, index) => {
    const bit = type.memberBits[index]!;
    const end = type.memberBits[index + 1] ?? type.bitCount;
    if (marked.has(0) || marked.hasAny(bit, end)) markAll(member, bit, into);
  });
}

function markAll(type: TypeDescription, bit: number, into: BitSet): void {
  into.add(bit);
  if (type.kind !== "structure") return;
  type.members.forEach((member, index) => markAll(member.type, bit + type.memberBits[index]!, into));
}
