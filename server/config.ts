import { availableParallelism } from "node:os";
import { Command, CommanderError, Option } from "commander";
import packageFile from "../package.json" with { type: "json" };
import type { EncoderWish } from "../wasm/core/index.ts";
import { LOG_LEVELS, type LogThreshold } from "./log.ts";

/** What a person can set, parsed and checked. Times in milliseconds, rates in pictures per second. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogThreshold;
  readonly sim: boolean;
  readonly lingerMs: number;
  readonly connectTimeoutMs: number;
  readonly maxFps: number;
  readonly quality: number;
  readonly encoder: EncoderWish;
  readonly workers: number;
}

/** The version that `--version` prints, from package.json. */
export const VERSION: string = packageFile.version;

/** A flag or variable that cannot be used; the message names it, its value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "bad-setting";
}

interface Setting<Value> {
  readonly flag: string;
  /** How `--help` names its value; without one it is a switch. */
  readonly argument?: string;
  readonly about: string;
  /** Completes "--flag is …". */
  readonly allowed: string;
  readonly byDefault: Value;
  /** The default in words, where the number would say less. */
  readonly defaultInWords?: string;
  /** undefined: not allowed. */
  parse(text: string): Value | undefined;
}

/** The one table of settings: flags, variables, `--help` and the README's table are made of it, in this order. */
const SETTINGS: { readonly [Key in keyof Config]: Setting<Config[Key]> } = {
  host: {
    flag: "host",
    argument: "address",
    about: "Address to listen on; 127.0.0.1 serves this machine only.",
    allowed: "an address or name of this machine",
    byDefault: "0.0.0.0",
    parse: (text) => (text.trim() === "" ? undefined : text.trim()),
  },
  port: {
    flag: "port",
    argument: "number",
    about: "Port to listen on; 0 takes a free one.",
    ...numeric(0, 65_535, { whole: true }),
    byDefault: 8080,
  },
  logLevel: {
    flag: "log-level",
    argument: "level",
    about: "Least severe log lines written to standard error.",
    ...oneOf(LOG_LEVELS),
    byDefault: "info",
  },
  sim: {
    flag: "sim",
    about: "Also serve simulated cameras, named SIM:…, so that no beamline is needed.",
    allowed: "1, true, yes, on, 0, false, no or off",
    byDefault: false,
    parse: parseSwitch,
  },
  lingerMs: {
    flag: "linger",
    argument: "seconds",
    about: "How long a camera stays subscribed after its last viewer has left.",
    ...numeric(0, 86_400, { unit: "seconds", scale: 1000 }),
    byDefault: 60_000,
    defaultInWords: "60",
  },
  connectTimeoutMs: {
    flag: "connect-timeout",
    argument: "seconds",
    about: "How long a viewer waits for a PV and its first image before it is told that there is none.",
    ...numeric(0.1, 120, { unit: "seconds", scale: 1000 }),
    byDefault: 3000,
    defaultInWords: "3",
  },
  maxFps: {
    flag: "max-fps",
    argument: "rate",
    about: "Pictures per second a viewer gets at most; with ?fps= it can ask for fewer.",
    ...numeric(0.1, 1000),
    byDefault: 30,
  },
  quality: {
    flag: "quality",
    argument: "number",
    about: "JPEG quality of viewers that do not ask for one.",
    ...numeric(1, 100, { whole: true }),
    byDefault: 92,
  },
  encoder: {
    flag: "encoder",
    argument: "name",
    about:
      "JPEG encoder of viewers that do not ask for one: fast, mozjpeg (smaller and slower), or chosen by load.",
    ...oneOf(["auto", "fast", "mozjpeg"]),
    byDefault: "auto",
  },
  workers: {
    flag: "workers",
    argument: "number",
    about: "Threads that make JPEGs.",
    ...numeric(1, 256, { whole: true }),
    byDefault: Math.max(1, availableParallelism() - 1),
    defaultInWords: "cores − 1",
  },
};

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
  const { host, port, logLevel, sim, lingerMs, connectTimeoutMs, maxFps, quality, encoder, workers } =
    SETTINGS;
  return {
    kind: "run",
    config: {
      host: read(host),
      port: read(port),
      logLevel: read(logLevel),
      sim: read(sim),
      lingerMs: read(lingerMs),
      connectTimeoutMs: read(connectTimeoutMs),
      maxFps: read(maxFps),
      quality: read(quality),
      encoder: read(encoder),
      workers: read(workers),
    },
  };
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
  const { flag, argument, about, allowed } = setting;
  if (argument === undefined) return new Option(`--${flag}`, about);
  return new Option(`--${flag} <${argument}>`, `${about} (${allowed}; default: ${defaultOf(setting)})`);
}

function variableOf({ flag }: Setting<unknown>): string {
  return `PVA_TO_VIDEO_${flag.replaceAll("-", "_").toUpperCase()}`;
}

function defaultOf({ byDefault, defaultInWords }: Setting<unknown>): string {
  return defaultInWords ?? (byDefault === false ? "off" : String(byDefault));
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

function numeric(
  least: number,
  most: number,
  { whole = false, unit = "", scale = 1 }: { whole?: boolean; unit?: string; scale?: number } = {},
): { allowed: string; parse: (text: string) => number | undefined } {
  return {
    allowed: `a ${whole ? "whole number" : "number"}${unit && ` of ${unit}`} from ${least} to ${most}`,
    parse(text) {
      const value = /^\d+(\.\d+)?$/u.test(text) ? Number(text) : NaN;
      return value >= least && value <= most && (!whole || Number.isInteger(value))
        ? value * scale
        : undefined;
    },
  };
}

function oneOf<Word extends string>(
  words: readonly Word[],
): { allowed: string; parse: (text: string) => Word | undefined } {
  return {
    allowed: words.join(", ").replace(/, ([^,]*)$/u, " or $1"),
    parse: (text) => words.find((word) => word === text),
  };
}

function parseSwitch(text: string): boolean | undefined {
  if (["1", "true", "yes", "on"].includes(text.toLowerCase())) return true;
  if (["0", "false", "no", "off"].includes(text.toLowerCase())) return false;
  return undefined;
}
