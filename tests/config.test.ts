import { expect, test } from "bun:test";
import { ConfigError, readConfig, settingsTable, VERSION, type Config } from "../server/config.ts";

function run(flags: readonly string[], environment: Record<string, string> = {}): Config {
  const invocation = readConfig(flags, environment);
  if (invocation.kind !== "run") throw new Error(`printed instead: ${invocation.text}`);
  return invocation.config;
}

function refused(flags: readonly string[], environment: Record<string, string> = {}): string {
  try {
    run(flags, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`${flags.join(" ")} was not refused`);
}

test("without flags and variables the defaults hold", () => {
  const { workers, ...rest } = run([]);
  expect(workers).toBeGreaterThanOrEqual(1);
  expect(rest).toEqual({
    host: "0.0.0.0",
    port: 8080,
    logLevel: "info",
    jsonLogs: false,
    sim: false,
    lingerMs: 60_000,
    connectTimeoutMs: 3000,
    maxFps: 30,
    range: { kind: "default" },
    quality: 92,
    encoder: "auto",
    allow: [],
    deny: [],
    maxStreams: 500,
    maxViewers: 2000,
    maxViewersPerAddress: 1000,
    maxFrameBytes: undefined,
    memory: undefined,
    corsOrigin: ["*"],
    tokenFile: undefined,
    trustedProxy: [],
    basePath: "",
    tlsCert: undefined,
    tlsKey: undefined,
  });
});

/** A value other than the default for each flag, as a person writes it, and what it is then. */
const EXAMPLES: readonly [flag: string, words: string, key: keyof Config, value: unknown][] = [
  ["host", "::1", "host", "::1"],
  ["port", "0", "port", 0],
  ["log-level", "debug", "logLevel", "debug"],
  ["json-logs", "on", "jsonLogs", true],
  ["sim", "on", "sim", true],
  ["linger", "0.5", "lingerMs", 500],
  ["connect-timeout", "10", "connectTimeoutMs", 10_000],
  ["max-fps", "12.5", "maxFps", 12.5],
  ["range", "auto:1,99", "range", { kind: "percentile", low: 1, high: 99 }],
  ["quality", "1", "quality", 1],
  ["encoder", "mozjpeg", "encoder", "mozjpeg"],
  ["workers", "3", "workers", 3],
  ["allow", "CAM:*, BL??/[a-c]*", "allow", ["CAM:*", "BL??/[a-c]*"]],
  ["deny", "CAM:SECRET*", "deny", ["CAM:SECRET*"]],
  ["max-streams", "7", "maxStreams", 7],
  ["max-viewers", "8", "maxViewers", 8],
  ["max-viewers-per-address", "9", "maxViewersPerAddress", 9],
  ["max-frame-bytes", "1.5M", "maxFrameBytes", 1.5 * 2 ** 20],
  ["memory", "2GiB", "memory", 2 ** 31],
  ["cors-origin", "https://Elog.lab.org:443/,self", "corsOrigin", ["https://elog.lab.org", "self"]],
  ["token-file", "/run/tokens", "tokenFile", "/run/tokens"],
  [
    "trusted-proxy",
    "127.0.0.1,fd00::/8",
    "trustedProxy",
    [
      { address: "127.0.0.1", prefix: 32, family: "ipv4" },
      { address: "fd00::", prefix: 8, family: "ipv6" },
    ],
  ],
  ["base-path", "/lab/cameras/", "basePath", "/lab/cameras"],
  ["tls-cert", "cert.pem", "tlsCert", "cert.pem"],
  ["tls-key", "key.pem", "tlsKey", "key.pem"],
];
const SET = Object.fromEntries(EXAMPLES.map(([, , key, value]) => [key, value])) as unknown as Config;

test("each flag sets its own setting", () => {
  const words = EXAMPLES.flatMap(([flag, value]) =>
    ["sim", "json-logs"].includes(flag) ? [`--${flag}`] : [`--${flag}`, value],
  );
  expect(run(words)).toEqual(SET);
});

test("each setting of the table can be set by its variable", () => {
  const variable = (flag: string): string => `PVA_TO_VIDEO_${flag.toUpperCase().replaceAll("-", "_")}`;
  const environment = Object.fromEntries(EXAMPLES.map(([flag, words]) => [variable(flag), words]));
  expect(run([], environment)).toEqual(SET);
  for (const name of Object.keys(environment)) expect(settingsTable()).toContain(`\`${name}\``);
});

test("a list may be given by several flags as by one with commas", () => {
  expect(run(["--allow", "A:*", "--allow", "B:*,C"]).allow).toEqual(["A:*", "B:*", "C"]);
  expect(run(["--deny", "A"], { PVA_TO_VIDEO_DENY: "B" }).deny).toEqual(["A"]);
});

test.each([
  ["4096", 4096],
  ["64k", 65_536],
  ["64 KB", 65_536],
  ["1.5M", 1_572_864],
  ["2g", 2_147_483_648],
])("--max-frame-bytes %s is %d bytes", (words, value) => {
  expect(run(["--max-frame-bytes", words]).maxFrameBytes).toBe(value);
});

test("a certificate without its key is refused, and the other way round", () => {
  expect(refused(["--tls-cert", "cert.pem"])).toContain("--tls-key");
  expect(refused(["--tls-key", "key.pem"])).toContain("--tls-cert");
});

test("the base path / is none", () => {
  expect(run(["--base-path", "/"]).basePath).toBe("");
});

test("a flag outweighs its variable, and an empty variable is none", () => {
  expect(run(["--port", "81"], { PVA_TO_VIDEO_PORT: "82" }).port).toBe(81);
  expect(run([], { PVA_TO_VIDEO_PORT: "" }).port).toBe(8080);
});

test("PVA_TO_VIDEO_SIM=0 is off", () => {
  expect(run([], { PVA_TO_VIDEO_SIM: "0" }).sim).toBe(false);
});

test("what Kubernetes puts into PVA_TO_VIDEO_PORT next to a service of that name is no setting", () => {
  expect(run([], { PVA_TO_VIDEO_PORT: "tcp://10.0.0.1:8080" }).port).toBe(8080);
});

test.each([
  ["--port", "70000", "0 to 65535"],
  ["--port", "80.5", "whole number"],
  ["--port", "-1", "0 to 65535"],
  ["--port", "0x50", "0 to 65535"],
  ["--log-level", "warn", "debug, info, warning or error"],
  ["--linger", "forever", "seconds"],
  ["--connect-timeout", "0", "0.1"],
  ["--max-fps", "NaN", "0.1 to 1000"],
  ["--quality", "101", "1 to 100"],
  ["--encoder", "best", "auto, fast or mozjpeg"],
  ["--workers", "0", "1 to 256"],
  ["--host", "", "address"],
  ["--range", "black", "percentiles"],
  ["--allow", "", "patterns"],
  ["--allow", " , ", "patterns"],
  ["--max-streams", "0", "1 to 100000"],
  ["--max-frame-bytes", "12", "1k to 2G"],
  ["--memory", "much", "1M to"],
  ["--cors-origin", "elog.lab.org", "https://"],
  ["--cors-origin", "https://elog.lab.org/page", "https://"],
  ["--cors-origin", "*,javascript:1", "https://"],
  ["--trusted-proxy", "10.0.0.0/33", "10.0.0.0/8"],
  ["--trusted-proxy", "10.0.0/8", "10.0.0.0/8"],
  ["--trusted-proxy", "fe80::1%eth0", "fd00::/8"],
  ["--trusted-proxy", "proxy", "fd00::/8"],
  ["--base-path", "cameras", "/cameras"],
  ["--base-path", "/a/../b", "/cameras"],
  ["--base-path", "//evil", "/cameras"],
  ["--token-file", "", "path"],
])("%s %s is refused with the flag, the value and what is allowed", (flag, value, allowed) => {
  const message = refused([flag, value]);
  expect(message).toContain(flag);
  expect(message).toContain(JSON.stringify(value));
  expect(message).toContain(allowed);
});

test("a bad variable is refused by its own name", () => {
  const message = refused([], { PVA_TO_VIDEO_QUALITY: "best" });
  expect(message).toStartWith('PVA_TO_VIDEO_QUALITY "best" is not allowed');
});

test.each([["--prot"], ["-p"], ["camera"], ["--sim=1"]])("%s is refused with the flags there are", (word) => {
  const message = refused([word]);
  expect(message).toContain(`'${word}'`);
  expect(message).toContain("--host --port --log-level --json-logs --sim");
});

test("a flag without its value is refused with what is allowed", () => {
  expect(refused(["--quality"])).toContain("--quality is a whole number from 1 to 100");
});

test.each(["-v", "--version"])("%s prints the version of package.json", (flag) => {
  expect(readConfig([flag], {})).toEqual({ kind: "print", text: `${VERSION}\n` });
});

test("--help names every flag of the table", () => {
  const help = readConfig(["--help"], {});
  const text = help.kind === "print" ? help.text : "";
  const flags = [...settingsTable().matchAll(/`(--[a-z-]+)/gu)].map(([, flag]) => flag!);
  expect(flags.length).toBe(EXAMPLES.length);
  for (const flag of flags) expect(text).toContain(flag);
});
