import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { type Drops, lossesInWords, type LossName, noDrops } from "./statistics.ts";
import type { StreamReport } from "./status.ts";

/** How often it is looked what was lost, milliseconds. */
const EVERY_MS = 10_000;
/** A stream that goes on losing frames is told of after 10 s, 20 s more, 40 s more, …, and at least this often. */
const RAREST_MS = 640_000;
/** Lines in one look: with it, never more than one a second. */
const MOST_LINES = 10;
/** Share of the frames that may be lost without a line. */
const TOLERATED = 0.01;
/** Losses that somebody may want to do something about; `paced` is as it was wished. */
const NOTABLE: readonly LossName[] = ["overrun", "skipped", "slow", "failed"];

/** What was known of a stream when it was last told of, or first seen. */
interface Account {
  readonly openedAt: number;
  readonly framesIn: number;
  readonly drops: Readonly<Drops>;
  readonly at: number;
  /** It is told of again when this has passed. */
  readonly patienceMs: number;
}

/** What a stream lost since. */
interface Loss {
  readonly report: StreamReport;
  readonly account: Account;
  readonly frames: number;
  readonly lost: Readonly<Drops>;
  /** More than a few of its frames, by names that matter; 0: not so. */
  readonly notable: number;
}

/**
 * Says in one line what a thousand lost frames did: of each stream now and then, and only if it lost more than a few of
 * them to something else than the wished frame rate. Looks at reports; nothing is done for it while frames come.
 */
export class LossLog {
  readonly #list: () => readonly StreamReport[];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #accounts = new Map<string, Account>();
  #cancel: () => void;

  /** Looks every 10 s until it is stopped. */
  constructor(list: () => readonly StreamReport[], clock: Clock, log: Log) {
    this.#list = list;
    this.#clock = clock;
    this.#log = log;
    this.#cancel = this.#lookLater();
  }

  stop(): void {
    this.#cancel();
  }

  #lookLater(): () => void {
    return this.#clock.after(EVERY_MS, () => {
      this.#look();
      this.#cancel = this.#lookLater();
    });
  }

  #look(): void {
    const reports = this.#list();
    const open = new Set(reports.map(({ pv }) => pv));
    for (const pv of this.#accounts.keys()) if (!open.has(pv)) this.#accounts.delete(pv);
    const losses = reports.flatMap((report) => this.#lossOf(report) ?? []);
    const notable = losses.filter((loss) => loss.notable > 0).sort((a, b) => b.notable - a.notable);
    const told = notable.length > MOST_LINES ? notable.slice(0, MOST_LINES - 1) : notable;
    const others = notable.slice(told.length);
    for (const loss of told) this.#tell(loss, "info");
    if (others.length > 0) {
      const frames = others.reduce((sum, loss) => sum + loss.notable, 0);
      this.#log.info("{streams} other streams lost {frames} frames", { streams: others.length, frames });
    }
    for (const loss of losses) if (loss.notable === 0) this.#tell(loss, "debug");
  }

  /** What a stream lost that is due to be told of; from then on it is taken for told. undefined: nothing, or not yet. */
  #lossOf(report: StreamReport): Loss | undefined {
    const now = this.#clock.now();
    const known = this.#accounts.get(report.pv);
    const account = known?.openedAt === report.openedAt ? known : this.#newAccount(report);
    this.#accounts.set(report.pv, account);
    // Of frames that come while nobody watches, none is missed.
    const isWatched = report.viewers > 0;
    if (isWatched && now - account.at < account.patienceMs) return undefined;
    const loss = isWatched ? lossSince(account, report) : undefined;
    const patienceMs = (loss?.notable ?? 0) > 0 ? Math.min(2 * account.patienceMs, RAREST_MS) : EVERY_MS;
    const { openedAt, framesIn, drops } = report;
    this.#accounts.set(report.pv, { openedAt, framesIn, drops: { ...drops }, at: now, patienceMs });
    return loss;
  }

  /** Of a stream that is seen for the first time: it was opened since the last look, and lost what it lost since then. */
  #newAccount({ openedAt }: StreamReport): Account {
    const age = Math.min(Math.max(0, this.#clock.wallTime() - openedAt), EVERY_MS);
    const at = this.#clock.now() - age;
    return { openedAt, framesIn: 0, drops: noDrops(), at, patienceMs: EVERY_MS };
  }

  #tell({ report, account, frames, lost }: Loss, level: "info" | "debug"): void {
    const { pv, viewers } = report;
    this.#log[level]("{pv}: {frames} frames in {seconds} s: {lost} ({viewers})", {
      pv,
      frames,
      seconds: Math.round((this.#clock.now() - account.at) / 1000),
      lost: lossesInWords(lost),
      viewers: viewers === 1 ? "1 viewer" : `${viewers} viewers`,
    });
  }
}

/** undefined: nothing. */
function lossSince(account: Account, report: StreamReport): Loss | undefined {
  const lost = noDrops();
  for (const name of namesOf(lost)) lost[name] = report.drops[name] - account.drops[name];
  if (namesOf(lost).every((name) => lost[name] === 0)) return undefined;
  const frames = report.framesIn - account.framesIn + lost.overrun;
  const notable = NOTABLE.reduce((sum, name) => sum + lost[name], 0);
  return { report, account, frames, lost, notable: notable > TOLERATED * frames ? notable : 0 };
}

function namesOf(drops: Readonly<Drops>): LossName[] {
  return Object.keys(drops) as LossName[];
}
