import { Command, CommanderError, Option } from "commander";
import packageFile from "../package.json" with { type: "json" };
import { type Config, type Setting, SETTINGS } from "./settings.ts";

export type { Config } from "./settings.ts";
export type { Subnet } from "./setting-values.ts";

/** The version that `--version` prints, from package.json. */
export const VERSION: string = packageFile.version;

/** A flag or variable that cannot be used; the message names it, its value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "bad-setting";
}

const TABLE: readonly Setting<unknown>[] = Object.values(SETTINGS);

/** What the command line asks for: to run, or to print a text (`--help`, `--version`) and end. */
export type Invocation =
  { readonly kind: "run"; readonly config: Config } | { readonly kind: "print"; readonly text: string };

/**
 * Reads flags and PVA_TO_VIDEO_* variables; a flag outweighs its variable, an empty variable counts as absent.
 *
 * @param flags the words behind the program's name
 * @throws ConfigError for the first flag or value that cannot be used
 */
export function readConfig(
  flags: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Invocation {
  let printed = "";
  const command = commandLine((text) => (printed += text));
  try {
    command.parse(flags, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "print", text: printed };
    throw new ConfigError(explained(error), { cause: error });
  }
  const stray = command.args[0];
  if (stray !== undefined) throw new ConfigError(`'${stray}' is not a flag. ${theFlags()}`);
  const given = new Map(Object.entries(command.opts<Record<string, string | true>>()));
  const read = <Value>(setting: Setting<Value>): Value =>
    valueOf(setting, given.get(optionOf(setting).attributeName()), environment);
  const config = configFrom(read);
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined))
    throw new ConfigError("--tls-cert and --tls-key belong together: give both, or none.");
  return { kind: "run", config };
}

function configFrom(read: <Value>(setting: Setting<Value>) => Value): Config {
  const values = Object.entries(SETTINGS).map(([key, setting]) => [key, read<unknown>(setting)]);
  // Sound by the type of SETTINGS: what stands under a key parses what Config has under it.
  return Object.fromEntries(values) as Config;
}

/** The table of settings in Markdown, as the README has it. */
export function settingsTable(): string {
  const rows = TABLE.map((setting) => [
    `\`${optionOf(setting).flags}\``,
    `\`${variableOf(setting)}\``,
    defaultOf(setting),
    setting.about,
    setting.argument === undefined ? "" : setting.allowed,
  ]);
  const lines = [
    ["flag", "variable", "default", "what it does", "allowed"],
    ["---", "---", "---", "---", "---"],
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function commandLine(print: (text: string) => void): Command {
  const command = new Command("pva-to-video")
    .description("EPICS areaDetector cameras (PV Access NTNDArray) as live pictures in any web browser.")
    .version(VERSION, "-v, --version", "Print the version.")
    .helpOption("-h, --help", "Print this text.")
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .addHelpText(
      "after",
      "\nEach flag can also be set by a variable: --max-fps by PVA_TO_VIDEO_MAX_FPS.\n" +
        "PVs are found as every EPICS client finds them: EPICS_PVA_ADDR_LIST,\n" +
        "EPICS_PVA_AUTO_ADDR_LIST, EPICS_PVA_NAME_SERVERS, ….",
    );
  for (const setting of TABLE) command.addOption(optionOf(setting));
  return command;
}

function optionOf(setting: Setting<unknown>): Option {
  const { flag, argument, about, allowed, repeatable } = setting;
  if (argument === undefined) return new Option(`--${flag}`, about);
  const option = new Option(
    `--${flag} <${argument}>`,
    `${about} (${allowed}; default: ${defaultOf(setting)})`,
  );
  if (repeatable) option.argParser<string | undefined>((value, before) => joined(before, value));
  return option;
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before},${value}`;
}

function variableOf({ flag }: Setting<unknown>): string {
  return `PVA_TO_VIDEO_${flag.replaceAll("-", "_").toUpperCase()}`;
}

function defaultOf({ byDefault, defaultInWords }: Setting<unknown>): string {
  if (defaultInWords !== undefined) return defaultInWords;
  if (typeof byDefault === "string" || typeof byDefault === "number") return String(byDefault);
  return byDefault === false ? "off" : "none";
}

/** commander's sentence for a person, followed by what would have been right. */
function explained({ message }: CommanderError): string {
  const sentence = message
    .replace(/^error: /u, "")
    .replace(/\s*\n\s*/gu, " ")
    .replace(/\.?$/u, ".");
  const setting = TABLE.find(({ flag }) => message.includes(`'--${flag} `));
  return `${sentence} ${setting === undefined ? theFlags() : `--${setting.flag} is ${setting.allowed}.`}`;
}

function theFlags(): string {
  return `The flags are ${[...TABLE.map(({ flag }) => `--${flag}`), "--version", "--help"].join(" ")}.`;
}

function valueOf<Value>(
  setting: Setting<Value>,
  flag: string | true | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Value {
  const variable = variableOf(setting);
  const fromVariable = environment[variable];
  const source = flag === undefined ? variable : `--${setting.flag}`;
  const text = flag === true ? "on" : (flag ?? fromVariable ?? "");
  if (flag === undefined && (text === "" || isServiceLink(text))) return setting.byDefault;
  const value = setting.parse(text);
  if (value !== undefined) return value;
  throw new ConfigError(
    `${source} ${JSON.stringify(text)} is not allowed: --${setting.flag} is ${setting.allowed}.`,
  );
}

/**
 * Kubernetes sets PVA_TO_VIDEO_PORT=tcp://10.0.0.1:8080 in every pod next to a service named pva-to-video (its "service
 * links"); that is no setting of ours.
 */
function isServiceLink(text: string): boolean {
  return /^(tcp|udp|sctp):\/\//u.test(text);
}
