import { type App, createApp } from "../../server/app.ts";
import { type Clock, systemClock } from "../../server/clock.ts";
import { type Config, readConfig } from "../../server/config.ts";
import { silentLog } from "../../server/log.ts";

/** The whole service in this process, on a free port of loopback. */
export interface Service {
  /** The address of `path`. */
  url(path: string): string;
  close(): Promise<void>;
}

/**
 * Starts the service as `bun run server` would, finding PVs through `nameServers` alone.
 * @param options flags as on the command line; what is not given is as it is for a user
 */
export async function startService(options: {
  readonly nameServers: string;
  readonly flags?: readonly string[];
  readonly clock?: Clock;
  /** More of EPICS_PVA_*. */
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<Service> {
  const { nameServers, flags = [], clock = systemClock } = options;
  const environment = {
    EPICS_PVA_NAME_SERVERS: nameServers,
    EPICS_PVA_AUTO_ADDR_LIST: "NO",
    EPICS_PVA_ADDR_LIST: "",
    ...options.environment,
  };
  const app: App = await createApp(configFrom(flags), { environment, clock, log: () => silentLog });
  const port = app.listen({ host: "127.0.0.1", port: 0 });
  return { url: (path) => `http://127.0.0.1:${port}${path}`, close: () => app.close() };
}

function configFrom(flags: readonly string[]): Config {
  const invocation = readConfig(flags, {});
  if (invocation.kind !== "run") throw new Error(`these flags do not run the service: ${flags.join(" ")}`);
  return invocation.config;
}
