import type { Clock } from "../clock.ts";
import type { EncodeError } from "../encode/index.ts";
import { ServiceError } from "../errors.ts";
import type { Log } from "../log.ts";

/** So many lost workers … */
const CRASHES = 3;
/** … within so long are too many, milliseconds; workers that hung are ended so late that it takes longer to have three. */
const WITHIN_MS = { "worker-crashed": 60_000, timeout: 600_000 };
/** How long nothing more is encoded then, milliseconds. */
const HOLD_MS = 60_000;

/** Nothing is to be encoded for a while. Times are those of `Clock.now()`. */
export interface Hold {
  readonly since: number;
  readonly until: number;
  readonly error: ServiceError;
}

/** What is known of a PV whose images cost workers. */
interface PastCrashes {
  /** When each of them stops counting. */
  crashes: readonly number[];
  /** From when on jobs may begin again; undefined while they may. */
  until: number | undefined;
}

/**
 * Keeps PVs from the workers whose images crash them or keep them for ever: a worker that dies costs every other camera
 * pictures. It outlives streams, so that coming back does not help.
 */
export class Quarantine {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #records = new Map<string, PastCrashes>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** A job on an image of `pv` failed; it counts if it cost its worker. */
  note(pv: string, { code }: EncodeError): void {
    if (code !== "worker-crashed" && code !== "timeout") return;
    this.#forgetOld();
    const record = this.#records.get(pv) ?? { crashes: [], until: undefined };
    this.#records.set(pv, record);
    record.crashes = [...record.crashes, this.#clock.now() + WITHIN_MS[code]];
    if (record.crashes.length < CRASHES || record.until !== undefined) return;
    record.until = this.#clock.now() + HOLD_MS;
    this.#log.error("{pv}: {crashes} workers were lost over its images; none is encoded for {seconds} s.", {
      pv,
      crashes: CRASHES,
      seconds: HOLD_MS / 1000,
    });
  }

  /** Since and until when no image of `pv` is to be encoded, and why; undefined: it may be. */
  of(pv: string): Hold | undefined {
    const until = this.#records.get(pv)?.until;
    if (until === undefined || until <= this.#clock.now()) return undefined;
    return { since: until - HOLD_MS, until, error: quarantined(pv) };
  }

  /** What is over counts no more; it is also what keeps the list short. */
  #forgetOld(): void {
    const now = this.#clock.now();
    for (const [pv, record] of this.#records) {
      record.crashes = record.crashes.filter((expires) => expires > now);
      const { until } = record;
      if (until === undefined ? record.crashes.length === 0 : until <= now) this.#records.delete(pv);
    }
  }
}

function quarantined(pv: string): ServiceError {
  const message = `The images of ${pv} cost ${CRASHES} encoder workers their lives; they are tried again within a minute.`;
  return new ServiceError("quarantined", message, { pv });
}
