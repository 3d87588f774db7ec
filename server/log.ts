import { configure, dispose, getConsoleSink, getLogger, type LogLevel } from "@logtape/logtape";
import { jsonLine, textLine } from "./log-line.ts";

/** One line of a log: a template whose `{name}`s take the properties of that name. */
type LogLine = (message: string, properties?: Record<string, unknown>) => void;

/** What a room writes its log lines to. */
export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warning: LogLine;
  readonly error: LogLine;
}

export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const satisfies readonly LogLevel[];
/** The values of `--log-level`. */
export type LogThreshold = (typeof LOG_LEVELS)[number];

/** console.error for all, because console.info and its kin write to standard output, which is for answers. */
const TO_STANDARD_ERROR: Readonly<Record<LogLevel, "error">> = {
  trace: "error",
  debug: "error",
  info: "error",
  warning: "error",
  error: "error",
  fatal: "error",
};

/**
 * Sends log lines at or above `threshold` to standard error, one line each. Call once, at process start.
 * @param json each line a JSON object, for programs that collect logs
 */
export async function startLogging(
  threshold: LogThreshold,
  { json = false }: { readonly json?: boolean } = {},
): Promise<void> {
  const formatter = json ? jsonLine : textLine;
  await configure({
    sinks: { console: getConsoleSink({ formatter, levelMap: TO_STANDARD_ERROR }) },
    loggers: [
      { category: "pva-to-video", lowestLevel: threshold, sinks: ["console"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
    ],
  });
}

/** Flushes and closes the log; the last act of an orderly stop. */
export async function stopLogging(): Promise<void> {
  await dispose();
}

/** The log of one room, e.g. `roomLog("stream")`. */
export function roomLog(room: string): Log {
  const logger = getLogger(["pva-to-video", room]);
  return {
    debug: (message, properties) => logger.debug(message, properties),
    info: (message, properties) => logger.info(message, properties),
    warning: (message, properties) => logger.warning(message, properties),
    error: (message, properties) => logger.error(message, properties),
  };
}

/** A log that keeps nothing, for parts used as a library and for tests that do not look at it. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warning: () => undefined,
  error: () => undefined,
};
