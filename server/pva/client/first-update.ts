import type { Clock } from "../clock.ts";
import { memberIsMarked } from "../data/delta.ts";
import type { StructureDescription } from "../data/type-description.ts";
import type { StructureValue } from "../data/value.ts";
import type { MonitorData } from "../message/monitor.ts";
import type { BitSet } from "../wire/bit-set.ts";
import type { BulkArray, BulkSink } from "./bulk.ts";
import type { ChannelLink } from "./channel-link.ts";
import { Get } from "./get.ts";
import type { MonitorSession } from "./monitor-session.ts";
import { OneShot } from "./one-shot.ts";

/** Longest time an update waits for what it lacks. */
const COMPLETION_MS = 1000;

/** An update on its way to the listener. */
export interface Arrival {
  readonly data: MonitorData;
  readonly bulk: BulkArray | undefined;
}

/** What completing a first update needs, and where it goes then. */
export interface CompletionContext {
  readonly link: ChannelLink;
  readonly session: MonitorSession;
  readonly clock: Clock;
  /** Takes back destinations of updates that nobody will see. */
  readonly sink: BulkSink | undefined;
  /** Called once, unless abandoned before. */
  readonly complete: (arrival: Arrival) => void;
}

/**
 * A subscription's first update should mark everything the server has. core-pva sends a mere delta where a post comes
 * between START and the first sending, and fields that never change again, such as an image's dimensions, are then never
 * sent. So: when the first update that marks anything leaves out whole members, those are read with one GET and put in
 * before anybody sees the update. A newer update takes its place meanwhile. (An update that marks nothing is not held:
 * the server has nothing yet.)
 */
export class FirstUpdate {
  readonly #context: CompletionContext;
  readonly #missing: readonly number[];
  readonly #get: OneShot<StructureValue>;
  readonly #cancelTimer: () => void;
  #arrival: Arrival | undefined;

  /** @param missing top members to be read, as `missingMembers` gives them */
  constructor(arrival: Arrival, missing: readonly number[], context: CompletionContext) {
    this.#arrival = arrival;
    this.#missing = missing;
    this.#context = context;
    const { members } = arrival.data.value.type;
    this.#cancelTimer = context.clock.after(COMPLETION_MS, () => this.#letGo());
    const fields = missing.map((index) => members[index]!.name);
    this.#get = new OneShot(() => new Get(fields), {
      value: (value) => {
        this.#fill(value);
        this.#letGo();
      },
      failed: () => this.#letGo(),
    });
    this.#get.attach(context.link);
  }

  /** A newer update takes the place of the one held; nobody has seen the older. */
  replace({ data, bulk }: Arrival): void {
    const old = this.#arrival;
    if (old === undefined) return;
    if (bulk !== undefined) this.#giveBack(old.bulk);
    this.#arrival = {
      data: {
        value: data.value,
        changed: data.changed.addAll(old.data.changed),
        overrun: data.overrun.addAll(old.data.overrun),
      },
      bulk: bulk ?? old.bulk,
    };
  }

  /** The subscription ends: nobody will see the update. */
  abandon(): void {
    this.#giveBack(this.#end()?.bulk);
  }

  /** Puts members the GET has read where no update has said anything since. */
  #fill(value: StructureValue): void {
    const { session } = this.#context;
    const arrival = this.#arrival;
    if (arrival === undefined) return;
    const { type } = session.current;
    const still = new Set(missingMembers(type, arrival.data.changed));
    for (const index of this.#missing.filter((each) => still.has(each))) {
      const { name, type: memberType } = type.members[index]!;
      const member = value.field(name);
      const sent = value.type.members[value.type.indexOf.get(name) ?? -1]?.type;
      if (member !== undefined && sent?.kind === memberType.kind) session.fill(index, member);
    }
    this.#arrival = { data: { ...arrival.data, value: session.current }, bulk: arrival.bulk };
  }

  #letGo(): void {
    const arrival = this.#end();
    if (arrival !== undefined) this.#context.complete(arrival);
  }

  #end(): Arrival | undefined {
    const arrival = this.#arrival;
    this.#arrival = undefined;
    this.#cancelTimer();
    this.#get.cancel();
    return arrival;
  }

  #giveBack(bulk: BulkArray | undefined): void {
    if (bulk !== undefined) this.#context.sink?.abandon(bulk.destination);
  }
}

/** Indices of the top members of which `changed` marks nothing. */
export function missingMembers(type: StructureDescription, changed: BitSet): readonly number[] {
  return type.members.flatMap((_, index) => (memberIsMarked(type, index, changed) ? [] : [index]));
}
