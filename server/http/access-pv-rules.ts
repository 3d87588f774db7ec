import { ServiceError } from "../errors.ts";
import type { StreamReport, Streams } from "../stream/index.ts";
import { Glob } from "./access-glob.ts";

/** Which PVs are shown: patterns as in access-glob.ts. */
export interface PvPatterns {
  /** Empty: all. */
  readonly allow: readonly string[];
  /** Outweighs `allow`. */
  readonly deny: readonly string[];
}

/** The rules of `--allow` and `--deny`. */
export class PvRules {
  readonly #allow: readonly Glob[];
  readonly #deny: readonly Glob[];

  constructor({ allow, deny }: PvPatterns) {
    this.#allow = allow.map((pattern) => new Glob(pattern));
    this.#deny = deny.map((pattern) => new Glob(pattern));
  }

  allows(pv: string): boolean {
    if (this.#deny.some((glob) => glob.matches(pv))) return false;
    return this.#allow.length === 0 || this.#allow.some((glob) => glob.matches(pv));
  }
}

/** What the guard needs besides the rules. */
export interface GuardTools {
  /** How long others are told that a PV was searched for, milliseconds. */
  readonly connectTimeoutMs: number;
}

/**
 * The streams as the routes may see them, the one place where PVs are kept from them: one that the rules do not allow is
 * answered in the words for a PV that nobody serves, and stands in no list. Its name goes no further, so no search is
 * sent for it. The answer comes at once, for waiting would only keep a connection: that tells that there is a rule, and
 * not whether there is such a PV.
 */
export function guardedStreams(streams: Streams, rules: PvRules, tools: GuardTools): Streams {
  return new GuardedStreams(streams, rules, tools);
}

class GuardedStreams implements Streams {
  readonly #streams: Streams;
  readonly #rules: PvRules;
  readonly #tools: GuardTools;

  constructor(streams: Streams, rules: PvRules, tools: GuardTools) {
    this.#streams = streams;
    this.#rules = rules;
    this.#tools = tools;
  }

  open(...asked: Parameters<Streams["open"]>): ReturnType<Streams["open"]> {
    return this.#guarded(asked[0], () => this.#streams.open(...asked));
  }

  openRaw(...asked: Parameters<Streams["openRaw"]>): ReturnType<Streams["openRaw"]> {
    return this.#guarded(asked[0], () => this.#streams.openRaw(...asked));
  }

  glimpse(...asked: Parameters<Streams["glimpse"]>): ReturnType<Streams["glimpse"]> {
    return this.#guarded(asked[0], () => this.#streams.glimpse(...asked));
  }

  latest(...asked: Parameters<Streams["latest"]>): ReturnType<Streams["latest"]> {
    return this.#rules.allows(asked[0]) ? this.#streams.latest(...asked) : undefined;
  }

  failed(...asked: Parameters<Streams["failed"]>): ReturnType<Streams["failed"]> {
    return this.#streams.failed(...asked);
  }

  report(pv: string): StreamReport | undefined {
    return this.#rules.allows(pv) ? this.#streams.report(pv) : undefined;
  }

  pvs(): string[] {
    return this.#streams.pvs().filter((pv) => this.#rules.allows(pv));
  }

  get totals(): Streams["totals"] {
    return this.#streams.totals;
  }

  async #guarded<Type>(pv: string, open: () => Promise<Type>): Promise<Type> {
    if (!this.#rules.allows(pv)) {
      const { connectTimeoutMs } = this.#tools;
      const message = `No EPICS server answered for ${pv} within ${connectTimeoutMs / 1000} s.`;
      throw new ServiceError("pv-not-found", message, { pv });
    }
    return open();
  }
}
