import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { type CalmLog, calmLog } from "./calm-log.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Config, VERSION } from "./config.ts";
import { EncoderChoice, startEncoderPool } from "./encode/index.ts";
import {
  Access,
  createHttp,
  EventLoopLag,
  guardedStreams,
  listen,
  type Listener,
  openTokenFile,
  PvRules,
} from "./http/index.ts";
import { type Log, roomLog } from "./log.ts";
import { clientOptionsFromEnvironment, PvaClient } from "./pva/index.ts";
import { RECOMMENDED_CAMERAS, type RecommendedCamera, startSimulation } from "./sim/index.ts";
import { MemoryBudget, openSource } from "./source/index.ts";
import { LossLog, StreamRegistry } from "./stream/index.ts";

/** Largest image taken where EPICS_PVA_MAX_ARRAY_BYTES does not say otherwise: 256 MiB is 128 megapixels of uint16. */
const MAX_FRAME_BYTES = 256 * 1024 * 1024;

const VIEWER_PAGE = fileURLToPath(new URL("viewer/index.html", import.meta.url));

/** What an app takes from the process it lives in. */
export interface AppDependencies {
  /** For EPICS_PVA_*. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  readonly log?: (room: string) => Log;
}

/** The service, put together and not yet reachable. */
export interface App {
  /** The simulated cameras it offers, best first; empty without `--sim`. */
  readonly simulated: readonly RecommendedCamera[];
  /**
   * Begins to serve; returns the port, which is a free one if 0 was asked for.
   * @throws the system's error, with a `code` such as EADDRINUSE, if the address cannot be had; ConfigError if the
   *   files of --tls-cert and --tls-key are unfit
   */
  listen(address: { readonly host: string; readonly port: number }): number;
  /** Ends every stream at a whole picture, then closes everything that is open; after half a second in any case. */
  close(): Promise<void>;
}

/**
 * The one place that sees every room: makes each part and hands it what it needs.
 *
 *     simulation ←─ PVA, loopback ─ client ─→ source ─→ stream ─→ http ─→ listener ←─ viewer page
 *                                            encoders ───┘
 *
 * @throws PvaError `bad-setting` for an EPICS_PVA_* variable; EncodeError `no-worker` if no encoder can start;
 *   ConfigError if the token file cannot be used
 */
export async function createApp(config: Config, dependencies: AppDependencies): Promise<App> {
  const { environment, clock = systemClock } = dependencies;
  const epics = clientOptionsFromEnvironment(environment);
  // Whatever has been started is closed again, the last first: at the app's close, or if a later part cannot start.
  await using started = new AsyncDisposableStack();
  const logs: CalmLog[] = [];
  started.defer(() => logs.forEach((calm) => calm.flush()));
  const log = (room: string): Log => {
    const calm = calmLog((dependencies.log ?? roomLog)(room), clock);
    logs.push(calm);
    return calm;
  };
  const tokenFile =
    config.tokenFile === undefined
      ? undefined
      : await openTokenFile(config.tokenFile, { clock, log: log("access") });
  started.defer(() => tokenFile?.close());
  const encoder = await startEncoderPool({ workers: config.workers, log: log("encode"), clock });
  started.defer(() => encoder.close());
  const simulation = config.sim ? await startSimulation({ port: 0, clock, log: log("sim") }) : undefined;
  started.defer(async () => simulation?.close());
  // Found as any server behind a name-server list is, so that a simulated picture goes through every room.
  const nameServers = [
    ...(simulation === undefined ? [] : [simulation.address]),
    ...(epics.nameServers ?? []),
  ];
  const maxFrameBytes = config.maxFrameBytes ?? epics.maxArrayBytes ?? MAX_FRAME_BYTES;
  // Not less than the source takes, which refuses what is too large itself.
  const maxArrayBytes = Math.max(maxFrameBytes, epics.maxArrayBytes ?? MAX_FRAME_BYTES);
  const client = new PvaClient({ ...epics, maxArrayBytes, nameServers, clock, log: log("pva") });
  started.defer(() => client.close());

  const budget = new MemoryBudget(config.memory ?? halfOfMemory());
  const sources = {
    client,
    clock,
    log: log("source"),
    maxFrameBytes,
    budget,
  };
  const newChoice = (): EncoderChoice => new EncoderChoice(encoder.workers);
  const streams = new StreamRegistry({
    openSource: (pv, listener) => openSource(pv, sources, listener),
    encoder,
    newChoice,
    memory: budget,
    clock,
    log: log("stream"),
    settings: config,
  });
  const losses = new LossLog(() => streams.list(), clock, log("stream"));
  started.defer(() => losses.stop());
  const lag = new EventLoopLag(clock);
  started.defer(() => lag.stop());
  const rules = new PvRules(config);
  const simulated = config.sim ? RECOMMENDED_CAMERAS.filter(({ name }) => rules.allows(name)) : [];
  const defaults = { range: config.range, quality: config.quality, encoder: config.encoder };
  const access = new Access({ ...config, tokens: tokenFile?.tokens, clock, log: log("access") });
  const page = { entry: VIEWER_PAGE, embeddedBy: config.corsOrigin };
  const http = createHttp({
    streams: guardedStreams(streams, rules, config),
    access,
    service: { version: VERSION, encoder, pva: client, places: access.places, memory: budget, lag },
    snapshots: { encoder, newChoice },
    defaults,
    page,
    viewer: { simulated },
    basePath: config.basePath,
    clock,
    log: log("http"),
  });

  const parts = started.move();
  let listener: Listener | undefined;
  return {
    simulated,
    listen({ host, port }) {
      const longestWaitMs = config.connectTimeoutMs;
      const { tlsCert: cert, tlsKey: key } = config;
      const tls = cert === undefined || key === undefined ? undefined : { cert, key };
      listener = listen(http, { host, port, tls, longestWaitMs, clock, log: log("http") });
      return listener.port;
    },
    async close() {
      // Nobody takes the pictures in the works any more; mozjpeg may have seconds to go on one.
      const ending = Promise.all([streams.close(), encoder.close()]).then(() => undefined);
      await listener?.close(ending);
      await parts.disposeAsync();
    },
  };
}

/** Of what the machine has, or the container may have. */
function halfOfMemory(): number {
  const constrained = process.constrainedMemory();
  const all = totalmem();
  return Math.floor((constrained > 0 ? Math.min(constrained, all) : all) / 2);
}
