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
    sim: false,
    lingerMs: 60_000,
    connectTimeoutMs: 3000,
    maxFps: 30,
    quality: 92,
    encoder: "auto",
  });
});

test("each flag sets its own setting", () => {
  const words =
    "--host ::1 --port 0 --log-level debug --sim --linger 0.5 --connect-timeout 10 --max-fps 12.5 --quality 1 --encoder mozjpeg --workers 3";
  expect(run(words.split(" "))).toEqual({
    host: "::1",
    port: 0,
    logLevel: "debug",
    sim: true,
    lingerMs: 500,
    connectTimeoutMs: 10_000,
    maxFps: 12.5,
    quality: 1,
    encoder: "mozjpeg",
    workers: 3,
  });
});

test("each setting of the table can be set by its variable", () => {
  const environment = {
    PVA_TO_VIDEO_HOST: "127.0.0.1",
    PVA_TO_VIDEO_PORT: "81",
    PVA_TO_VIDEO_LOG_LEVEL: "error",
    PVA_TO_VIDEO_SIM: "yes",
    PVA_TO_VIDEO_LINGER: "1",
    PVA_TO_VIDEO_CONNECT_TIMEOUT: "2",
    PVA_TO_VIDEO_MAX_FPS: "5",
    PVA_TO_VIDEO_QUALITY: "6",
    PVA_TO_VIDEO_ENCODER: "fast",
    PVA_TO_VIDEO_WORKERS: "7",
  };
  expect(run([], environment)).toEqual({
    host: "127.0.0.1",
    port: 81,
    logLevel: "error",
    sim: true,
    lingerMs: 1000,
    connectTimeoutMs: 2000,
    maxFps: 5,
    quality: 6,
    encoder: "fast",
    workers: 7,
  });
  for (const variable of Object.keys(environment)) expect(settingsTable()).toContain(`\`${variable}\``);
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
  expect(message).toContain("--host --port --log-level --sim");
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
  expect(flags.length).toBe(10);
  for (const flag of flags) expect(text).toContain(flag);
});
