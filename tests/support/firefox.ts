import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireTool } from "./tools.ts";

/** Firefox: $FIREFOX_PATH, then where Debian, other systems and macOS put it; undefined where there is none. */
export function findFirefox(): string | undefined {
  const candidates = [
    process.env["FIREFOX_PATH"],
    "/usr/bin/firefox-esr",
    "/usr/bin/firefox",
    "/snap/bin/firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Whether tests with Firefox must be skipped; says so in words, and throws under CI=true. */
export function withoutFirefox(): boolean {
  return requireTool(
    "Firefox (its path in FIREFOX_PATH, or installed by the system)",
    findFirefox() !== undefined,
  );
}

interface Answer {
  readonly id: number | null;
  readonly type: "success" | "error" | "event";
  readonly result?: unknown;
  readonly message?: string;
}

/**
 * An installed Firefox, without a window and with a fresh profile, led by WebDriver BiDi (w3c.github.io/webdriver-bidi),
 * which every release speaks on its remote debugging port; playwright's own protocol wants a Firefox of its own.
 */
export class Firefox {
  readonly #process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #sent = 0;

  private constructor(
    process: Bun.Subprocess<"ignore", "ignore", "pipe">,
    profile: string,
    socket: WebSocket,
  ) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(data as string) as Answer;
      if (answer.id !== null) this.#waiting.get(answer.id)?.(answer);
    };
  }

  static async launch(): Promise<Firefox> {
    const path = findFirefox();
    if (path === undefined) throw new Error("there is no Firefox; ask withoutFirefox first");
    const profile = mkdtempSync(join(tmpdir(), "firefox-"));
    await Bun.write(join(profile, "user.js"), PREFERENCES.map((line) => `user_pref(${line});\n`).join(""));
    const flags = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
    const child = Bun.spawn([path, ...flags, "about:blank"], {
      env: { ...process.env, HOME: profile },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    const socket = new WebSocket(`${await addressOf(child.stderr)}/session`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const firefox = new Firefox(child, profile, socket);
    await firefox.#command("session.new", { capabilities: {} });
    return firefox;
  }

  /**
   * Runs a function in the page that is open, as playwright's `evaluate` does: its text is sent, so it may use nothing from
   * around it.
   */
  async evaluate(run: (argument: string) => Promise<string>, argument: string): Promise<string> {
    const { contexts } = (await this.#command("browsingContext.getTree", {})) as {
      contexts: readonly [{ readonly context: string }];
    };
    const answer = (await this.#command("script.callFunction", {
      functionDeclaration: run.toString(),
      arguments: [{ type: "string", value: argument }],
      target: { context: contexts[0].context },
      awaitPromise: true,
    })) as { result?: { value: string }; exceptionDetails?: { text: string } };
    if (answer.result === undefined) throw new Error(`Firefox: ${answer.exceptionDetails?.text}`);
    return answer.result.value;
  }

  /** Goes to `url`; resolves when all of the page has been loaded. `first` is run in it before its own scripts. */
  async open(url: string, first: () => void): Promise<void> {
    await this.#command("script.addPreloadScript", { functionDeclaration: first.toString() });
    const { contexts } = (await this.#command("browsingContext.getTree", {})) as {
      contexts: readonly [{ readonly context: string }];
    };
    await this.#command("browsingContext.navigate", { context: contexts[0].context, url, wait: "complete" });
  }

  async close(): Promise<void> {
    await this.#command("browser.close", {});
    await this.#process.exited;
    rmSync(this.#profile, { recursive: true, force: true });
  }

  async #command(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const answer = await promise;
    this.#waiting.delete(id);
    if (answer.type === "error") throw new Error(`${method}: ${answer.message}`);
    return answer.result;
  }
}

/** No calls home, no first-run pages. */
const PREFERENCES = [
  '"app.update.enabled", false',
  '"app.normandy.enabled", false',
  '"browser.shell.checkDefaultBrowser", false',
  '"datareporting.policy.dataSubmissionEnabled", false',
  '"network.captive-portal-service.enabled", false',
  '"network.connectivity-service.enabled", false',
  '"services.settings.server", "data:,"',
  '"toolkit.telemetry.enabled", false',
];

/** Where Firefox says that it listens. The rest of what it says is read, too, and dropped. */
async function addressOf(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const read = async (): Promise<void> => {
    let said = "";
    const decoder = new TextDecoder();
    for await (const chunk of stderr) {
      if (said.length < 65536) said += decoder.decode(chunk, { stream: true });
      const address = /WebDriver BiDi listening on (ws:\S+)/u.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    }
    reject(new Error(`Firefox ended: ${said}`));
  };
  read().catch(reject);
  return await promise;
}
