import type { StructureDescription } from "../data/type-description.ts";
import type { StructureValue } from "../data/value.ts";
import { asError, PvaError } from "../errors.ts";
import type { BitSet } from "../wire/bit-set.ts";
import type { Status } from "../wire/status.ts";
import { BackOff } from "./back-off.ts";
import type { BulkArray, BulkSink } from "./bulk.ts";
import type { ChannelOperation } from "./channel.ts";
import type { ChannelLink } from "./channel-link.ts";
import type { ChannelState } from "./channel-state.ts";
import { type Arrival, FirstUpdate, missingMembers } from "./first-update.ts";
import { MonitorSession } from "./monitor-session.ts";
import type { PvaClientSettings } from "./options.ts";

/** How to subscribe. */
export interface MonitorOptions {
  /**
   * Let the server wait for our acknowledgements. Off by default: pvDatabase servers (pvapy) then send old updates again,
   * and TCP holds them back well enough.
   */
  readonly pipeline?: boolean;
  /** Updates the server may queue for us; the window of a pipeline. Default: the server's choice, 4 with pipeline. */
  readonly queueSize?: number;
  /** Top-level member whose array of numbers goes to a sink instead of into the value. */
  readonly bulk?: { readonly field: string; readonly sink: BulkSink };
}

/** One update of a subscription. */
export interface MonitorUpdate {
  /** The whole structure as known now. An array that went to the sink is an ArrayElsewhere in it. */
  readonly value: StructureValue;
  /** Fields sent with this update. */
  readonly changed: BitSet;
  /** Fields that changed more than once since the last one, where the server tells. */
  readonly overrun: BitSet;
  /** The big array, if it came with this update and the sink took it. */
  readonly bulk?: BulkArray;
}

/** Hears of a subscription, one call at a time. What it throws is logged and otherwise ignored. */
export interface MonitorListener {
  state(state: ChannelState): void;
  update(update: MonitorUpdate): void;
  /** This monitor's own trouble: the server refused it, or sent an update that cannot be read. It tries again by itself. */
  fault(error: PvaError): void;
}

/** A subscription; it finds, connects and reconnects by itself until stopped. */
export interface Monitor {
  readonly name: string;
  /** Ends it. The listener is not called again; a destination the sink gave may still come back through `abandon`. */
  stop(): void;
}

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
    this.#session = new MonitorSession(
      link,
      { window, queueSize: window ?? queueSize, bulk },
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
    if (this.#first !== undefined) this.#first.replace(arrival);
    else if (this.#complete || arrival.data.changed.isEmpty) this.#deliver(arrival);
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
    this.#call(() => this.#listener.update(bulk === undefined ? data : { ...data, bulk }));
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
