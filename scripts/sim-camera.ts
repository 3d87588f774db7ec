/**
 * `npm run sim-camera`: serves simulated cameras alone, for any PVA client. Prints where they are and how to find them;
 * ends cleanly on SIGINT and SIGTERM.
 */
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../server/clock.ts";
import { LOG_LEVELS, type LogThreshold, roomLog, startLogging, stopLogging } from "../server/log.ts";
import { RECOMMENDED_CAMERAS, type Simulation, startSimulation } from "../server/sim/index.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly searchPort: number | false;
  readonly logLevel: LogThreshold;
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 65_535) return value;
  throw new InvalidArgumentError("a port is a number from 0 (any free one) to 65535.");
}

function logLevel(text: string): LogThreshold {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level !== undefined) return level;
  throw new InvalidArgumentError(`allowed: ${LOG_LEVELS.join(", ")}.`);
}

function examples(): string {
  const width = Math.max(...RECOMMENDED_CAMERAS.map(({ name }) => name.length));
  return RECOMMENDED_CAMERAS.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join(
    "\n",
  );
}

const program = new Command("sim-camera")
  .description("Simulated cameras as PVA channels: SIM:<pattern>[:WxH][:<type>][:<colour>][@fps]")
  .option("--host <address>", "address to listen on; 0.0.0.0 for everybody", "127.0.0.1")
  .option("--port <port>", "TCP port, 0 for any free one", port, 5075)
  .option("--search-port <port>", "UDP port searches are answered on, 0 for any free one", port, 5076)
  .option("--no-search-port", "answer searches over TCP only")
  .option("--log-level <level>", LOG_LEVELS.join(" "), logLevel, "info")
  .addHelpText("after", `\nCameras, for example:\n${examples()}`);

/** What another client needs to know, as lines a shell understands. */
function directions({ address, searchPort }: Simulation): string {
  const host = address.host === "0.0.0.0" || address.host === "::" ? "127.0.0.1" : address.host;
  const udp =
    searchPort === undefined
      ? ""
      : `\n  export EPICS_PVA_ADDR_LIST=${host} EPICS_PVA_BROADCAST_PORT=${searchPort}   # or over UDP`;
  return `simulated cameras at ${address.host}:${address.port}

  export EPICS_PVA_AUTO_ADDR_LIST=NO EPICS_PVA_NAME_SERVERS=${host}:${address.port}${udp}

${examples()}`;
}

const flags = program.parse().opts<Flags>();
await startLogging(flags.logLevel);
const simulation = await startSimulation({
  host: flags.host,
  port: flags.port,
  ...(flags.searchPort === false ? {} : { searchPort: flags.searchPort }),
  clock: systemClock,
  log: roomLog("sim"),
}).catch((error: unknown) => program.error(error instanceof Error ? error.message : String(error)));
console.log(directions(simulation));

/** Ends in order at the first signal; the same one again ends the process where it stands. */
async function stop(): Promise<void> {
  await simulation.close();
  await stopLogging();
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
