import {
  clientOptionsFromEnvironment,
  findServers,
  type FoundServer,
  imageText,
  type Log,
  ntUri,
  printable,
  PvaClient,
  type PvaClientOptions,
  PvaError,
  settingsOf,
  shortText,
  type StructureValue,
  typeLines,
  valueLines,
} from "../../server/pva/index.ts";
import { interfaceLines, machineLines, variableLines } from "./machine.ts";
import { askedText, foundLines, notFoundText } from "./search-text.ts";
import { type Flags, requestOptions, trace } from "./session.ts";

/** Time given beyond the searches and requests, for closing what does not close by itself. */
const SLACK_MS = 3000;
const MAX_LOG_LINES = 200;

/** What a report gathers, in the order in which it is printed. */
type Section = readonly [title: string, lines: readonly string[]];

/** Prints all that a bug report needs. Failures are its content: the exit code is 0, and nothing is waited for for ever. */
export async function report(names: readonly string[], flags: Flags): Promise<void> {
  const log = new ReportLog();
  const { options, fault } = understood();
  const settings = flags.hexdump === true ? { ...options, observer: trace() } : options;
  const sections: Section[] = [
    [`pva report, ${new Date().toISOString()}`, machineLines()],
    ["interfaces", interfaceLines()],
    ["variables as set", variableLines(process.env)],
    ["settings as understood", [...fault, ...settingLines(options)]],
  ];
  const all = Promise.all(names.map((name) => nameSection(name, { ...settings, log }, flags)));
  const found = names.length === 0 ? [] : await within(3000 * flags.timeout + SLACK_MS, all);
  sections.push(...(found ?? [["names", ["not done in time: something hangs"]] as const]));
  sections.push(["log of the client", log.lines.length === 0 ? ["(nothing)"] : log.lines]);
  const text = sections.map(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)]);
  console.log(
    text
      .flat()
      .map((line) => printable(line))
      .join("\n"),
  );
  process.exitCode = 0;
  if (found === undefined) process.exit(0);
}

/** The client's options; where the variables cannot be read its defaults, and why. */
function understood(): { readonly options: PvaClientOptions; readonly fault: readonly string[] } {
  try {
    return { options: clientOptionsFromEnvironment(process.env), fault: [] };
  } catch (error) {
    return { options: {}, fault: [`not understood, so these are the defaults: ${faultText(error)}`] };
  }
}

function settingLines(options: PvaClientOptions): readonly string[] {
  const parts = ["clock", "log", "observer", "mayConnect"];
  const lines = Object.entries(settingsOf(options))
    .filter(([name]) => !parts.includes(name))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [...lines, `asked: ${askedText(options)}`];
}

async function nameSection(name: string, options: PvaClientOptions, flags: Flags): Promise<Section> {
  const request = requestOptions(flags);
  const lines: string[] = [];
  const client = new PvaClient(options);
  try {
    const found = await findServers([name], options, request);
    const answers = found.get(name) ?? [];
    if (answers.length === 0) lines.push(notFoundText(name, options, request));
    else lines.push(...foundLines(name, answers));
    const parts = await Promise.all([
      infoLines(client, answers, flags),
      attempt("type", async () => typeLines(await client.typeOf(name, request))),
      attempt("first update", async () => valueSummary(await firstUpdate(client, name, flags))),
    ]);
    lines.push(...parts.flat());
  } catch (error) {
    lines.push(faultText(error));
  }
  await within(SLACK_MS, client.close());
  return [name, lines];
}

/** What the server says of itself: the operation `info` of its PV named "server". */
async function infoLines(
  client: PvaClient,
  answers: readonly FoundServer[],
  flags: Flags,
): Promise<readonly string[]> {
  const servers = [...new Set([...answers.map(({ server }) => server), flags.server ?? []].flat())].slice(
    0,
    4,
  );
  const asked = servers.map((server) =>
    attempt(`info of ${server}`, async () =>
      valueLines(
        await client.rpc("server", ntUri("server", { op: "info" }), {
          timeoutMs: 1000 * flags.timeout,
          server,
        }),
      ),
    ),
  );
  return (await Promise.all(asked)).flat();
}

function firstUpdate(client: PvaClient, name: string, flags: Flags): Promise<StructureValue> {
  return new Promise((resolve, reject) => {
    const states: string[] = [];
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      monitor.stop();
      settle();
    };
    const timer = setTimeout(
      () =>
        end(() =>
          reject(new PvaError("timeout", `none within ${flags.timeout} s; ${states.join(", then ")}`)),
        ),
      1000 * flags.timeout,
    );
    const monitor = client.monitor(name, flags.server === undefined ? {} : { server: flags.server }, {
      state: (state) => {
        const why =
          state.kind === "disconnected" ? state.reason : state.kind === "refused" ? state.message : "";
        states.push(why === "" ? state.kind : `${state.kind} (${why})`);
      },
      update: ({ value }) => end(() => resolve(value)),
      fault: (error) => end(() => reject(error)),
    });
  });
}

function valueSummary(value: StructureValue): readonly string[] {
  const image = imageText(value, Date.now());
  const fields = valueLines(value, { elements: 4, characters: 80 }).slice(0, 100);
  return [image ?? shortText(value, { elements: 4, characters: 80 }), ...fields];
}

/** The lines of one step under its title, or why there are none. */
async function attempt(title: string, step: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return [title, ...(await step()).map((line) => `  ${line}`)];
  } catch (error) {
    return [`${title}: ${faultText(error)}`];
  }
}

function faultText(error: unknown): string {
  if (!(error instanceof PvaError))
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  const bytes = error.hexdump === "" ? "" : ` | ${error.hexdump.replaceAll("\n", " | ")}`;
  return `failed: ${error.code}: ${error.message}${bytes}`;
}

/** What comes of `work`, or undefined where it takes longer. */
async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), milliseconds);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Keeps what the client logs, at every level, each line once with how often it came. */
class ReportLog implements Log {
  readonly #counts = new Map<string, number>();

  get lines(): readonly string[] {
    return [...this.#counts].map(([line, times]) => (times === 1 ? line : `${line} (${times} times)`));
  }

  debug = (message: string, properties?: Record<string, unknown>): void =>
    this.#keep("debug", message, properties);
  info = (message: string, properties?: Record<string, unknown>): void =>
    this.#keep("info", message, properties);
  warning = (message: string, properties?: Record<string, unknown>): void =>
    this.#keep("warning", message, properties);
  error = (message: string, properties?: Record<string, unknown>): void =>
    this.#keep("error", message, properties);

  #keep(level: string, template: string, properties: Record<string, unknown> = {}): void {
    const text = template
      .replaceAll("\n", " | ")
      .replace(/\{(\w+)\}/gu, (_, name: string) => String(properties[name]).replaceAll("\n", " | "));
    const line = `${level}: ${text}`;
    if (this.#counts.has(line) || this.#counts.size < MAX_LOG_LINES)
      this.#counts.set(line, (this.#counts.get(line) ?? 0) + 1);
  }
}
