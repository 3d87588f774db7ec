import type { Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import { ConfigError } from "../config.ts";
import type { Log } from "../log.ts";
import { parseTokens, TokenFileError, Tokens, type Token } from "./access-tokens.ts";

/** How often the file is looked at, milliseconds. */
const LOOK_EVERY_MS = 1000;
/** A million tokens would not be read one by one by anybody. */
const LARGEST_FILE = 1024 * 1024;
const OTHERS_MAY_READ = 0o004;

/** A token file, read again within two seconds whenever it changes. */
export interface TokenFile {
  readonly tokens: Tokens;
  /** Looks no more. */
  close(): void;
}

interface Content {
  readonly tokens: readonly Token[];
  /** Differs when the file was written, or replaced by another. */
  readonly stamp: string;
  readonly othersMayRead: boolean;
}

/**
 * Reads the tokens and goes on looking at the file: by its time and size each second and not by the system's notices,
 * which network file systems and mounted secrets do not send.
 *
 * A file that is gone, cannot be read, is half written or empty changes nothing: the tokens before hold, and the log
 * says so once.
 *
 * @throws ConfigError if the file cannot be used now
 */
export async function openTokenFile(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<TokenFile> {
  const first = await readContent(path).catch((cause: unknown) => {
    throw new ConfigError(`The token file ${path} cannot be used: ${words(cause)}`, { cause });
  });
  if (first.othersMayRead) {
    log.warning("Every user of this machine may read the tokens in {path}; chmod o-r would end that.", {
      path,
    });
  }
  log.info("{count} tokens in {path}.", { count: first.tokens.length, path });
  return new WatchedTokenFile(path, first, clock, log);
}

class WatchedTokenFile implements TokenFile {
  readonly tokens: Tokens;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #stamp: string;
  /** What the last look saw: only a file that two looks see alike is whole. */
  #seen: string;
  /** What was logged last about why the file cannot be used; "" while it can. */
  #trouble = "";
  #closed = false;
  #cancelLook: () => void = () => {};

  constructor(path: string, first: Content, clock: Clock, log: Log) {
    this.tokens = new Tokens(first.tokens);
    this.#path = path;
    this.#stamp = first.stamp;
    this.#seen = first.stamp;
    this.#clock = clock;
    this.#log = log;
    this.#lookLater();
  }

  close(): void {
    this.#closed = true;
    this.#cancelLook();
  }

  #lookLater(): void {
    if (!this.#closed) this.#cancelLook = this.#clock.after(LOOK_EVERY_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    try {
      const stamp = await stampOf(this.#path);
      if (stamp === this.#seen && stamp !== this.#stamp) this.#take(await readContent(this.#path));
      this.#seen = stamp;
      this.#trouble = "";
    } catch (error) {
      this.#tell(words(error));
    } finally {
      this.#lookLater();
    }
  }

  #take({ tokens, stamp }: Content): void {
    if (this.#closed) return;
    this.#stamp = stamp;
    const { added, removed } = this.tokens.replace(tokens);
    this.#log.info("{path} has changed: {added} tokens new, {removed} gone, {count} hold.", {
      path: this.#path,
      added,
      removed,
      count: this.tokens.size,
    });
  }

  #tell(trouble: string): void {
    if (trouble === this.#trouble || this.#closed) return;
    this.#trouble = trouble;
    this.#log.error("{path} cannot be used, so the tokens read before hold: {trouble}", {
      path: this.#path,
      trouble,
    });
  }
}

async function stampOf(path: string): Promise<string> {
  return stampFrom(await stat(path));
}

function stampFrom({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`;
}

async function readContent(path: string): Promise<Content> {
  const file = await open(path, "r");
  try {
    const stats = await file.stat();
    if (stats.size > LARGEST_FILE)
      throw new TokenFileError(`It has ${stats.size} bytes; at most ${LARGEST_FILE} are read.`);
    const tokens = parseTokens(await file.readFile("utf8"));
    return { tokens, stamp: stampFrom(stats), othersMayRead: (stats.mode & OTHERS_MAY_READ) !== 0 };
  } finally {
    await file.close();
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
