import { type App, createApp } from "./app.ts";
import { type Config, ConfigError, readConfig, VERSION } from "./config.ts";
import { roomLog, startLogging, stopLogging } from "./log.ts";
import { PvaError } from "./pva/index.ts";

/** Exit codes: 0 stopped as asked, 1 could not serve, 2 the command line or a variable is wrong. */
const FAILED = 1;
const MISUSED = 2;
/** What shells report for a program that a signal has ended: 128 + the signal's number. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** What to do about an address that cannot be had, by the system's code. */
const REMEDIES: ReadonlyMap<unknown, string> = new Map([
  [
    "EADDRINUSE",
    "the port is in use. Stop the program that uses it, or choose another with --port (0 takes a free one).",
  ],
  ["EACCES", "ports below 1024 need a privilege that this user lacks. Choose a higher one with --port."],
  ["EINVAL", "that is no address. Choose one of this machine with --host, or 0.0.0.0 for all."],
  [
    "EADDRNOTAVAIL",
    "this machine does not have that address. Choose one that it has with --host, or 0.0.0.0 for all.",
  ],
]);

/** From the command line to the exit code; everything is closed by then. */
async function run(): Promise<number> {
  try {
    const invocation = readConfig(process.argv.slice(2), process.env);
    if (invocation.kind === "run") return await serve(invocation.config);
    await Bun.write(Bun.stdout, invocation.text);
    return 0;
  } catch (error) {
    console.error(`pva-to-video: ${error instanceof Error ? error.message : String(error)}`);
    const misused =
      error instanceof ConfigError || (error instanceof PvaError && error.code === "bad-setting");
    return misused ? MISUSED : FAILED;
  }
}

/** Serves until a signal comes. */
async function serve(config: Config): Promise<number> {
  await startLogging(config.logLevel, { json: config.jsonLogs });
  const log = roomLog("main");
  const signalled = firstSignal();
  const app = await createApp(config, { environment: process.env });
  try {
    const port = listenOrExplain(app, config);
    await Bun.write(Bun.stdout, greeting(app, config, port));
    log.info("Stopping: {signal}.", { signal: await signalled });
    return 0;
  } finally {
    await app.close();
    await stopLogging();
  }
}

/** The first signal asks for an orderly stop; the second one ends the process where it stands. */
function firstSignal(): Promise<string> {
  return new Promise((resolve) => {
    let signals = 0;
    const hear = (signal: keyof typeof EXIT_BY_SIGNAL): void => {
      if (signals++ > 0) process.exit(EXIT_BY_SIGNAL[signal]);
      resolve(signal);
    };
    process.on("SIGINT", hear).on("SIGTERM", hear);
  });
}

function listenOrExplain(app: App, { host, port }: Config): number {
  try {
    return app.listen({ host, port });
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as { readonly code?: unknown };
    const remedy = REMEDIES.get(code);
    throw new Error(`Cannot listen at ${host} port ${port}: ${remedy ?? String(cause)}`, { cause });
  }
}

/** Where to look now: an address that can be clicked, and with simulated cameras one of them. */
function greeting({ simulated }: App, { host, basePath, tlsCert }: Config, port: number): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  const name = everywhere ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const address = `${tlsCert === undefined ? "http" : "https"}://${name}:${port}${basePath}`;
  const example = simulated[0]?.name ?? "<PV>";
  return [
    `pva-to-video ${VERSION} at ${address}`,
    `  a camera in the viewer     ${address}/?pv=${example}`,
    `  the same for an <img>      ${address}/mjpg/${example}`,
    "",
  ].join("\n");
}

process.exit(await run());
