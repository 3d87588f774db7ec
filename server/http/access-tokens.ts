import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Shorter ones could be guessed; `openssl rand -hex 16` gives 32. */
const SHORTEST = 16;
const LONGEST = 500;
/** Changing it ends all sessions in browsers. */
const SESSION_OF = "pva-to-video session 1";

/** A token file that cannot be used; the message names the line, never the token. */
export class TokenFileError extends Error {
  override readonly name = "TokenFileError";
  readonly code = "bad-token-file";
}

/** Whether this can be a session at all; whatever cannot is no guess. */
export function isSession(text: string): boolean {
  return /^[\w-]{43}$/u.test(text);
}

/** Somebody who may watch. The token itself is not kept. */
export class Token {
  /** For log lines: the name in the file, or else the number of its line. */
  readonly name: string;
  /** What a browser keeps instead of the token: it cannot be turned back into it, and holds as long as it. */
  readonly session: string;
  readonly #hash: Buffer;
  readonly #sessionHash: Buffer;
  readonly #onRevoked = new Set<() => void>();
  #revoked = false;

  constructor(token: string, name: string) {
    this.name = name;
    this.session = createHmac("sha256", token).update(SESSION_OF).digest("base64url");
    this.#hash = hashOf(token);
    this.#sessionHash = hashOf(this.session);
  }

  /** Whether these are the bytes of the token, or of its session, by their hashes; takes as long for any. */
  fits(hash: Buffer, kind: "token" | "session"): boolean {
    return timingSafeEqual(kind === "token" ? this.#hash : this.#sessionHash, hash);
  }

  isSameAs(other: Token): boolean {
    return timingSafeEqual(this.#hash, other.#hash);
  }

  /** Whether the token has been taken out of its file. */
  get revoked(): boolean {
    return this.#revoked;
  }

  /** Calls `task` when the token does not hold any more. The function returned ends that. */
  onRevoked(task: () => void): () => void {
    this.#onRevoked.add(task);
    return () => void this.#onRevoked.delete(task);
  }

  revoke(): void {
    this.#revoked = true;
    for (const task of [...this.#onRevoked]) task();
    this.#onRevoked.clear();
  }
}

/** All tokens that hold now. */
export class Tokens {
  #all: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#all = tokens;
  }

  get size(): number {
    return this.#all.length;
  }

  /** Whose token this is. All are compared, by hashes of one length, so that the time taken tells nothing. */
  ofToken(presented: string): Token | undefined {
    return this.#find(presented, "token");
  }

  /** Whose session this is. */
  ofSession(presented: string): Token | undefined {
    return this.#find(presented, "session");
  }

  /** Takes these instead: those that are in both lists go on, others are revoked. Returns how many came and went. */
  replace(tokens: readonly Token[]): { readonly added: number; readonly removed: number } {
    const before = this.#all;
    const kept = before.filter((old) => tokens.some((token) => token.isSameAs(old)));
    const added = tokens.filter((token) => !before.some((old) => old.isSameAs(token)));
    this.#all = [...kept, ...added];
    for (const old of before) if (!kept.includes(old)) old.revoke();
    return { added: added.length, removed: before.length - kept.length };
  }

  #find(presented: string, kind: "token" | "session"): Token | undefined {
    const hash = hashOf(presented);
    let found: Token | undefined;
    for (const token of this.#all) if (token.fits(hash, kind)) found = token;
    return found;
  }
}

/**
 * Reads a token file: one token a line, of printable ASCII characters, and behind white space, if wished, whose it is;
 * empty lines and lines that begin with `#` are nothing.
 *
 * @throws TokenFileError for a token that is too short, too long, or there twice, and for a file without any
 */
export function parseTokens(text: string): Token[] {
  const tokens = new Map<string, Token>();
  for (const [index, line] of text.split(/\r\n|\n|\r/u).entries()) {
    const number = index + 1;
    const [, word, name = ""] = /^\uFEFF?\s*([^\s#]\S*)\s*(.*?)\s*$/u.exec(line) ?? [];
    if (word === undefined) continue;
    if (!/^[\x21-\x7e]+$/u.test(word)) throw unfit(number, "has other characters than printable ASCII");
    if (word.length < SHORTEST || word.length > LONGEST)
      throw unfit(number, `has ${word.length} characters, and must have ${SHORTEST} to ${LONGEST}`);
    if (tokens.has(word)) throw unfit(number, "is in the file twice");
    tokens.set(word, new Token(word, name || `line ${number}`));
  }
  if (tokens.size === 0) throw new TokenFileError("There is no token in it.");
  return [...tokens.values()];
}

function unfit(line: number, what: string): TokenFileError {
  return new TokenFileError(`The token in line ${line} ${what}.`);
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
