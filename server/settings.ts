import { availableParallelism } from "node:os";
import type { EncoderWish, RangeWish } from "../wasm/core/index.ts";
import { LOG_LEVELS, type LogThreshold } from "./log.ts";
import {
  basePath,
  bytes,
  globs,
  numeric,
  onOff,
  oneOf,
  origins,
  range,
  subnets,
  text,
  type Subnet,
  type ValueKind,
} from "./setting-values.ts";

/** What a person can set, parsed and checked. Times in milliseconds, rates in pictures per second, sizes in bytes. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogThreshold;
  readonly jsonLogs: boolean;
  readonly sim: boolean;
  readonly lingerMs: number;
  readonly connectTimeoutMs: number;
  readonly maxFps: number;
  readonly range: RangeWish;
  readonly quality: number;
  readonly encoder: EncoderWish;
  readonly workers: number;
  /** Patterns of the PVs that are shown; empty: all. */
  readonly allow: readonly string[];
  /** Patterns of PVs that are not shown, whatever `allow` says. */
  readonly deny: readonly string[];
  readonly maxStreams: number;
  readonly maxViewers: number;
  readonly maxViewersPerAddress: number;
  /** undefined: EPICS_PVA_MAX_ARRAY_BYTES, or else what the PVA client takes by itself. */
  readonly maxFrameBytes: number | undefined;
  /** Bytes for the images of all cameras together; undefined: a share of what the process may have. */
  readonly memory: number | undefined;
  /** `*`, `self` (what the service's own pages are), or origins; never empty. */
  readonly corsOrigin: readonly string[];
  readonly tokenFile: string | undefined;
  /** Peers whose X-Forwarded-* headers are believed; empty: none. */
  readonly trustedProxy: readonly Subnet[];
  /** Begins with a slash and ends without one; "" where there is none. */
  readonly basePath: string;
  /** PEM files; both or none. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
}

/** One flag, its variable, and what it may be. */
export interface Setting<Value> extends ValueKind<Value> {
  readonly flag: string;
  /** How `--help` names its value; without one it is a switch. */
  readonly argument?: string;
  /** Whether it may be given several times; the values are joined by commas, as in its variable. */
  readonly repeatable?: true;
  readonly about: string;
  readonly byDefault: Value;
  /** The default in words, where the value would say less. */
  readonly defaultInWords?: string;
}

/** The one table of settings: flags, variables, `--help` and the README's table are made of it, in this order. */
export const SETTINGS: { readonly [Key in keyof Config]: Setting<Config[Key]> } = {
  host: {
    flag: "host",
    argument: "address",
    about: "Address to listen on; 127.0.0.1 serves this machine only.",
    ...text("an address or name of this machine"),
    byDefault: "0.0.0.0",
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
  jsonLogs: {
    flag: "json-logs",
    about: "Write each log line as a JSON object.",
    ...onOff,
    byDefault: false,
  },
  sim: {
    flag: "sim",
    about: "Also serve simulated cameras, named SIM:…, so that no beamline is needed.",
    ...onOff,
    byDefault: false,
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
  range: {
    flag: "range",
    argument: "range",
    about: "Sample values drawn black and white for viewers that do not ask for a range.",
    ...range,
    byDefault: { kind: "default" },
    defaultInWords: "uint8 as it is, others auto",
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
  allow: {
    flag: "allow",
    argument: "patterns",
    repeatable: true,
    about: "Show these PVs only; others are answered as if nobody served them, and are not searched for.",
    ...globs,
    byDefault: [],
    defaultInWords: "all",
  },
  deny: {
    flag: "deny",
    argument: "patterns",
    repeatable: true,
    about: "Do not show these PVs, whatever --allow says.",
    ...globs,
    byDefault: [],
    defaultInWords: "none",
  },
  maxStreams: {
    flag: "max-streams",
    argument: "number",
    about: "Cameras subscribed at once, lingering ones included; for more there is 503.",
    ...numeric(1, 100_000, { whole: true }),
    byDefault: 500,
  },
  maxViewers: {
    flag: "max-viewers",
    argument: "number",
    about: "Viewers at once: streams, sockets and waiting snapshots; for more there is 503.",
    ...numeric(1, 1_000_000, { whole: true }),
    byDefault: 2000,
  },
  maxViewersPerAddress: {
    flag: "max-viewers-per-address",
    argument: "number",
    about: "Viewers at once from one address, so that one cannot take every place; for more there is 429.",
    ...numeric(1, 1_000_000, { whole: true }),
    byDefault: 1000,
  },
  maxFrameBytes: {
    flag: "max-frame-bytes",
    argument: "bytes",
    about: "Largest image taken from a camera.",
    ...bytes("1k", "2G"),
    byDefault: undefined,
    defaultInWords: "EPICS_PVA_MAX_ARRAY_BYTES, else 256M",
  },
  memory: {
    flag: "memory",
    argument: "bytes",
    about:
      "Bytes for the images of all cameras together, up to three images each; for more cameras there is 503.",
    ...bytes("1M", "16384G"),
    byDefault: undefined,
    defaultInWords: "half of the machine's or container's",
  },
  corsOrigin: {
    flag: "cors-origin",
    argument: "origins",
    repeatable: true,
    about: "Pages that may read answers and open WebSockets, besides those of this service.",
    ...origins,
    byDefault: ["*"],
    defaultInWords: "any page",
  },
  tokenFile: {
    flag: "token-file",
    argument: "path",
    about: "Serve only who knows a token of this file, one a line; read again whenever it changes.",
    ...text("the path of a file"),
    byDefault: undefined,
  },
  trustedProxy: {
    flag: "trusted-proxy",
    argument: "networks",
    repeatable: true,
    about: "Reverse proxies whose X-Forwarded-For, -Proto and -Host are believed.",
    ...subnets,
    byDefault: [],
    defaultInWords: "none",
  },
  basePath: {
    flag: "base-path",
    argument: "path",
    about: "Path under which a reverse proxy shows this service.",
    ...basePath,
    byDefault: "",
    defaultInWords: "/",
  },
  tlsCert: {
    flag: "tls-cert",
    argument: "path",
    about: "Certificate chain (PEM) to serve HTTPS with; needs --tls-key.",
    ...text("the path of a file"),
    byDefault: undefined,
  },
  tlsKey: {
    flag: "tls-key",
    argument: "path",
    about: "Private key (PEM) of that certificate.",
    ...text("the path of a file"),
    byDefault: undefined,
  },
};
