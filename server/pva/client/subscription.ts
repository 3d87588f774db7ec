import type { StructureDescription } from "../data/type-description.ts";
import { asError, PvaError } from "../errors.ts";
import type { Status } from "../wire/status.ts";
import { BackOff } from "./back-off.ts";
import type { ChannelOperation } from "./channel.ts";
import type { ChannelLink } from "./channel-link.ts";
import type { ChannelState } from "./channel-state.ts";
import { type Arrival, FirstUpdate, missingMembers } from "./first-update.ts";
import type {
  Monitor,
  MonitorListener,
  MonitorOptions,
  MonitorStatistics,
  MonitorUpdate,
} from "./monitor.ts";
import { MonitorSession } from "./monitor-session.ts";
import type { PvaClientSettings } from "./options.ts";

/** A server that answers no INIT with pipeline (core-pva ignores it) is asked for a plain one after this. */
const PIPELINE_PATIENCE_MS = 2500;
const DEFAULT_WINDOW = 4;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;

/** A Monitor: one session after another on whatever links its channel gets. */
export class Subscription implements Monitor, ChannelOperation {
  readonly name: string;
  readonly #options: MonitorOptions;
  readonly #listener: MonitorListener;
  readonly #settings: PvaClientSettings;
  readonly #stopped: () => void;
  readonly #backOff = new BackOff(FIRST_RETRY_MS, LONGEST_RETRY_MS);
  #link: ChannelLink | undefined;
  #session: MonitorSession | undefined;
  #pipeline: boolean;
  #complete = false;
  #first: FirstUpdate | undefined;
  #cancelTimer: () => void = () => undefined;
  #over = false;
  #paused = false;
  #updates = 0;
  #overruns = 0;
  #squashed = 0;
  /** What came while paused. */
  #held: MonitorUpdate | undefined;

  /** @param stopped called once, when the user has stopped it */
  constructor(
    name: string,
    options: MonitorOptions,
    listener: MonitorListener,
    settings: PvaClientSettings,
    stopped: () => void,
  ) {
    this.name = name;
    this.#options = options;
    this.#listener = listener;
    this.#settings = settings;
    this.#stopped = stopped;
    this.#pipeline = options.pipeline === true;
  }

  stop(): void {
    if (this.#over) return;
    this.#endSession();
    this.#over = true;
    this.#stopped();
  }

  get statistics(): MonitorStatistics {
    return { updates: this.#updates, overruns: this.#overruns, squashed: this.#squashed };
  }

  pause(): void {
    if (this.#paused || this.#over) return;
    this.#paused = true;
    this.#session?.pause();
  }

  resume(): void {
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#session?.resume();
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#tell(held);
  }

  attach(link: ChannelLink): void {
    this.#link = link;
    this.#pipeline = this.#options.pipeline === true;
    this.#start(link);
  }

  detach(): void {
    this.#endSession();
    this.#link = undefined;
  }

  channelState(state: ChannelState): void {
    this.#call(() => this.#listener.state(state));
  }

  #start(link: ChannelLink): void {
    const { clock, requestTimeoutMs } = this.#settings;
    const { queueSize, bulk } = this.#options;
    const window = this.#pipeline ? Math.max(2, queueSize ?? DEFAULT_WINDOW) : undefined;
    this.#complete = false;
    this.#held = undefined;
    this.#session = new MonitorSession(
      link,
      { window, queueSize: window ?? queueSize, bulk, paused: this.#paused },
      {
        started: (type) => this.#started(link, type),
        refused: (status) => this.#failed(refusal("subscription refused", status)),
        update: (data, arrived) => this.#update({ data, bulk: arrived }),
        finished: (status) => this.#finished(status),
        undecodable: (error) => this.#call(() => this.#listener.fault(error)),
      },
    );
    this.#cancelTimer = clock.after(this.#pipeline ? PIPELINE_PATIENCE_MS : requestTimeoutMs, () =>
      this.#unanswered(link),
    );
  }

  #started(link: ChannelLink, type: StructureDescription): void {
    this.#cancelTimer();
    this.#call(() => this.#listener.state({ kind: "connected", server: link.connection.name, type }));
  }

  #unanswered(link: ChannelLink): void {
    if (!this.#pipeline) {
      this.#failed(new PvaError("timeout", `${link.connection.name} did not answer the subscription`));
      return;
    }
    this.#settings.log.info("{pv}: no answer to a pipelined subscription, asking for a plain one", {
      pv: this.name,
    });
    this.#endSession();
    this.#pipeline = false;
    this.#start(link);
  }

  #finished(status: Status): void {
    const reason = status.message === "" ? "the server ended the subscription" : status.message;
    this.#call(() => this.#listener.state({ kind: "disconnected", reason }));
    this.#retry();
  }

  #failed(error: PvaError): void {
    this.#call(() => this.#listener.fault(error));
    this.#retry();
  }

  #retry(): void {
    this.#endSession();
    this.#cancelTimer = this.#settings.clock.after(this.#backOff.failed(), () => {
      if (this.#link !== undefined) this.#start(this.#link);
    });
  }

  #endSession(): void {
    this.#cancelTimer();
    this.#session?.stop();
    this.#session = undefined;
    this.#first?.abandon();
    this.#first = undefined;
  }

  #update(arrival: Arrival): void {
    if (!arrival.data.overrun.isEmpty) this.#overruns++;
    if (this.#first !== undefined) {
      this.#squashed++;
      this.#first.replace(arrival);
    } else if (this.#complete || arrival.data.changed.isEmpty) this.#deliver(arrival);
    else this.#takeFirst(arrival);
  }

  #takeFirst(arrival: Arrival): void {
    this.#complete = true;
    this.#backOff.succeeded();
    const { bulk } = this.#options;
    const { value, changed } = arrival.data;
    const missing = missingMembers(value.type, changed).filter(
      (index) => value.type.members[index]!.name !== bulk?.field,
    );
    if (missing.length === 0 || this.#link === undefined || this.#session === undefined) {
      this.#deliver(arrival);
      return;
    }
    this.#first = new FirstUpdate(arrival, missing, {
      link: this.#link,
      session: this.#session,
      clock: this.#settings.clock,
      sink: bulk?.sink,
      complete: (whole) => {
        this.#first = undefined;
        this.#deliver(whole);
      },
    });
  }

  #deliver({ data, bulk }: Arrival): void {
    if (this.#paused) this.#hold({ data, bulk });
    else this.#tell(bulk === undefined ? data : { ...data, bulk });
  }

  /** Keeps what an update marks; its array is old by the time anybody looks again. */
  #hold({ data, bulk }: Arrival): void {
    if (bulk !== undefined) this.#options.bulk?.sink.abandon(bulk.destination);
    const held = this.#held;
    if (held !== undefined) this.#squashed++;
    this.#held =
      held === undefined
        ? data
        : {
            value: data.value,
            changed: data.changed.addAll(held.changed),
            overrun: data.overrun.addAll(held.overrun),
          };
  }

  #tell(update: MonitorUpdate): void {
    this.#updates++;
    this.#call(() => this.#listener.update(update));
  }

  #call(tell: () => void): void {
    if (this.#over) return;
    try {
      tell();
    } catch (error) {
      this.#settings.log.error("{pv}: listener failed: {message}", {
        pv: this.name,
        message: asError(error).message,
      });
    }
  }
}

function refusal(what: string, status: Status): PvaError {
  return new PvaError(
    "refused",
    status.message === "" ? `${what} (${status.kind})` : `${what}: ${status.message}`,
  );
}
