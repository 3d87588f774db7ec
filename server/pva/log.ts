/** Where log lines go: a template, `{name}` taking the property of that name. Many logging libraries fit this shape. */
export interface Log {
  debug(message: string, properties?: Record<string, unknown>): void;
  info(message: string, properties?: Record<string, unknown>): void;
  warning(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/** Keeps nothing; used where no log is given. */
export const silentLog: Log = { debug() {}, info() {}, warning() {}, error() {} };
