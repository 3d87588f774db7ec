import { afterEach, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ConfigError } from "../../server/config.ts";
import { openTokenFile, type TokenFile } from "../../server/http/access-token-file.ts";
import { parseTokens, TokenFileError, Tokens } from "../../server/http/access-tokens.ts";
import { silentLog, type Log } from "../../server/log.ts";
import { ManualClock } from "../support/manual-clock.ts";

const ALICE = "alice-token-0123456789";
const BOB = "bob-token-9876543210";

const folder = mkdtempSync(join(tmpdir(), "pva-to-video-tokens-"));
const path = join(folder, "tokens");
afterEach(() => rmSync(path, { force: true }));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

test("a line is a token and perhaps a name; comments and empty lines are nothing", () => {
  const tokens = parseTokens(`# who may watch\r\n\r\n  ${ALICE}   Alice of optics \n${BOB}\n\t# end`);
  expect(tokens.map(({ name }) => name)).toEqual(["Alice of optics", "line 4"]);
  expect(new Tokens(tokens).ofToken(BOB)?.name).toBe("line 4");
});

test.each([
  ["", "no token"],
  ["# nobody\n", "no token"],
  ["short", "line 1 has 5 characters"],
  ["x".repeat(501), "at"],
  [`${ALICE}\n${ALICE} again`, "line 2 is in the file twice"],
  ["tökentökentökentöken", "line 1 has other characters"],
])("a file %p is refused, in words that do not tell a token", (text, words) => {
  const error = (() => {
    try {
      parseTokens(text);
    } catch (cause) {
      return cause;
    }
    return undefined;
  })();
  expect(error).toBeInstanceOf(TokenFileError);
  const { message } = error as TokenFileError;
  if (words !== "at") expect(message).toContain(words);
  expect(message).not.toContain("token-0123");
});

test("a token is found by itself, a session by its own words, and neither by the other", () => {
  const tokens = new Tokens(parseTokens(`${ALICE} Alice\n${BOB} Bob`));
  const { session } = tokens.ofToken(ALICE)!;
  expect(tokens.ofSession(session)?.name).toBe("Alice");
  expect(tokens.ofToken(session)).toBeUndefined();
  expect(tokens.ofSession(ALICE)).toBeUndefined();
  expect(session).not.toContain(ALICE);
});

test("only the very token is one", () => {
  const tokens = new Tokens(parseTokens(ALICE));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat(ALICE.length).map((end) => ALICE.slice(0, end)),
      ),
      (text) => {
        expect(tokens.ofToken(text) !== undefined).toBe(text === ALICE);
      },
    ),
  );
});

test("any file is read or refused", () => {
  const characters = fc.constantFrom("a", "#", " ", "\n", "\t", "ä", "\r", "0123456789abcdef");
  fc.assert(
    fc.property(fc.string({ unit: characters, maxLength: 60 }), (text) => {
      try {
        return parseTokens(text).length > 0;
      } catch (error) {
        return error instanceof TokenFileError;
      }
    }),
  );
});

test("tokens that stay go on, those that are gone are revoked at once", () => {
  const tokens = new Tokens(parseTokens(`${ALICE}\n${BOB}`));
  const ended: string[] = [];
  tokens.ofToken(ALICE)!.onRevoked(() => ended.push("alice"));
  tokens.ofToken(BOB)!.onRevoked(() => ended.push("bob"));
  tokens.ofToken(BOB)!.onRevoked(() => ended.push("not any more"))();
  expect(tokens.replace(parseTokens(`${ALICE} with a name now`))).toEqual({ added: 0, removed: 1 });
  expect(ended).toEqual(["bob"]);
  expect(tokens.ofToken(BOB)).toBeUndefined();
  expect(tokens.ofToken(ALICE)?.revoked).toBe(false);
});

interface Watched extends Disposable {
  readonly file: TokenFile;
  readonly lines: string[];
  /** Lets seconds pass; each look at the file ends before the next. */
  pass(seconds: number): Promise<void>;
}

async function watch(text: string, mode = 0o600): Promise<Watched> {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  const clock = new ManualClock();
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const log: Log = { ...silentLog, warning: note, error: note };
  const file = await openTokenFile(path, { clock, log });
  return {
    file,
    lines,
    async pass(seconds) {
      for (let second = 0; second < seconds; second++) {
        await clock.advance(1000);
        // A look is over when it has set the alarm for the next one.
        while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    [Symbol.dispose]: () => file.close(),
  };
}

/** Writes with another time than before, as a person does. */
let time = 1_700_000_000;
function rewrite(text: string): void {
  writeFileSync(path, text);
  time += 10;
  utimesSync(path, time, time);
}

test("a file that changes is read again once it is the same for two looks", async () => {
  using watched = await watch(ALICE);
  const { tokens } = watched.file;
  rewrite(`${ALICE}\n${BOB}`);
  await watched.pass(1);
  expect(tokens.size).toBe(1);
  await watched.pass(1);
  expect(tokens.size).toBe(2);
  rewrite(BOB);
  await watched.pass(2);
  expect(tokens.ofToken(ALICE)).toBeUndefined();
  expect(tokens.ofToken(BOB)).toBeDefined();
  expect(watched.lines).toEqual([]);
});

test("a file that another takes the place of is read again", async () => {
  using watched = await watch(ALICE);
  writeFileSync(`${path}.new`, BOB);
  renameSync(`${path}.new`, path);
  await watched.pass(2);
  expect(watched.file.tokens.ofToken(BOB)).toBeDefined();
});

test("a file that is gone, or empty, or damaged leaves the tokens as they are and is told of once", async () => {
  using watched = await watch(ALICE);
  rmSync(path);
  await watched.pass(5);
  expect(watched.lines.length).toBe(1);
  rewrite("");
  await watched.pass(5);
  expect(watched.lines.length).toBe(2);
  rewrite("short");
  await watched.pass(5);
  expect(watched.lines.length).toBe(3);
  expect(watched.file.tokens.ofToken(ALICE)).toBeDefined();
  rewrite(BOB);
  await watched.pass(2);
  expect(watched.file.tokens.ofToken(ALICE)).toBeUndefined();
  expect(watched.lines.length).toBe(3);
});

test("it is told that others may read the file", async () => {
  using watched = await watch(ALICE, 0o644);
  expect(watched.lines.length).toBe(1);
  expect(watched.lines[0]).toContain("may read the tokens");
});

test("a file that cannot be used at the start is refused with its name", async () => {
  const error: unknown = await openTokenFile(path, { clock: new ManualClock(), log: silentLog }).catch(
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).message).toContain(path);
});

test("a file that is larger than any list of tokens is not read", async () => {
  writeFileSync(path, `${"# nothing\n".repeat(110_000)}a-token-0123456789\n`);
  const opening = openTokenFile(path, { clock: new ManualClock(), log: silentLog });
  const error: unknown = await opening.catch((cause: unknown) => cause);
  expect((error as ConfigError).message).toContain("1100019 bytes");
});

test("a closed file is looked at no more", async () => {
  writeFileSync(path, ALICE);
  const clock = new ManualClock();
  const file = await openTokenFile(path, { clock, log: silentLog });
  expect(clock.pending).toBe(1);
  file.close();
  expect(clock.pending).toBe(0);
});
