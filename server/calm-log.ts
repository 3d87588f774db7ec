import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

/** How long lines are held back at most before it is said how many there were, milliseconds. */
const WINDOW_MS = 10_000;
/** Lines that say the same of the same PV, server or file pass so often in a window. */
const SAME_LINES = 5;
/** Lines that say the same of whatever it may be. */
const LIKE_LINES = 50;
/** Properties that tell of what a line speaks, the first that it has. */
const SUBJECTS = ["pv", "server", "host", "peer", "address", "from", "target", "camera"] as const;

type Level = "info" | "warning" | "error";
type Properties = Record<string, unknown>;

/** One kind of line within a window. */
interface Repeats {
  readonly level: Level;
  readonly most: number;
  count: number;
  message: string;
  properties: Properties | undefined;
}

/** A log, and how to have said at once what it holds back. */
export interface CalmLog extends Log {
  /** Says how many lines were held back. To be called before the log is closed. */
  flush(): void;
}

/**
 * A log that cannot be flooded: of lines with the same template only the first few within ten seconds are written, of
 * one PV or server and altogether, and the rest becomes one line that has the last of them and how many there were.
 * Lines of debug pass untouched: whoever asks for them wants them all.
 *
 * @param clock for the windows; no alarm is set while nothing is logged
 */
export function calmLog(log: Log, clock: Clock): CalmLog {
  const lines = new Map<string, Repeats>();
  let cancel: (() => void) | undefined;

  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const swallowed = [...lines.values()].filter(({ count, most }) => count > most);
    lines.clear();
    for (const { level, message, properties, count, most } of swallowed) {
      log[level](`${message} ({swallowedLines} more lines like this within {windowSeconds} s)`, {
        ...properties,
        swallowedLines: count - most,
        windowSeconds: WINDOW_MS / 1000,
      });
    }
  };
  /** Counts the line; whether it is one of the first. */
  const isEarly = (
    key: string,
    most: number,
    level: Level,
    message: string,
    properties?: Properties,
  ): boolean => {
    const repeats = lines.get(key) ?? { level, most, count: 0, message, properties };
    repeats.count++;
    repeats.properties = properties;
    lines.set(key, repeats);
    return repeats.count <= most;
  };
  const write =
    (level: Level) =>
    (message: string, properties?: Properties): void => {
      cancel ??= clock.after(WINDOW_MS, flush);
      const kind = `${level} ${message}`;
      const subject = `${kind}\0${subjectOf(properties)}`;
      // A line that was not written for its own sake must not be counted among those of its kind as well.
      const known = (lines.get(subject)?.count ?? 0) >= SAME_LINES;
      const early =
        (known || isEarly(kind, LIKE_LINES, level, message, properties)) &&
        isEarly(subject, SAME_LINES, level, message, properties);
      if (early) log[level](message, properties);
    };
  return {
    debug: (message, properties) => log.debug(message, properties),
    info: write("info"),
    warning: write("warning"),
    error: write("error"),
    flush,
  };
}

/** What a line speaks of, so that a camera that repeats itself does not silence another one. */
function subjectOf(properties: Properties = {}): string {
  const name = SUBJECTS.find((subject) => properties[subject] !== undefined);
  return name === undefined ? "" : String(properties[name]);
}
