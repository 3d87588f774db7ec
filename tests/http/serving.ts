import { EncoderChoice } from "../../server/encode/index.ts";
import { createHttp, type HttpDependencies, type HttpService } from "../../server/http/index.ts";
import { silentLog, type Log } from "../../server/log.ts";
import { idleService } from "../support/idle-service.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { openAccess } from "../support/open-access.ts";
import { VIEWER_PAGE } from "../support/viewer-page.ts";
import { FakePool } from "./fake-snapshots.ts";
import { FakeStreams } from "./fake-streams.ts";

/** The web side on a free loopback port, in front of a registry that the test plays. */
export interface Serving extends Disposable {
  readonly streams: FakeStreams;
  /** What snapshots are made with. */
  readonly pool: FakePool;
  readonly clock: ManualClock;
  /** What was logged as an error. */
  readonly errors: string[];
  readonly http: HttpService;
  readonly port: number;
  readonly url: string;
}

export function serve(more: Partial<HttpDependencies> = {}): Serving {
  const streams = new FakeStreams();
  const pool = new FakePool();
  const clock = new ManualClock();
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (message: unknown) => void errors.push(String(message)) };
  const viewer = { simulated: [{ name: "SIM:beam", description: "A beam spot." }] };
  const http = createHttp({
    streams,
    access: openAccess(),
    service: idleService(),
    snapshots: { encoder: pool, newChoice: () => new EncoderChoice() },
    defaults: { quality: 80 },
    page: VIEWER_PAGE,
    viewer,
    clock,
    log,
    ...more,
  });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    fetch: (request, self) => http.fetch(request, self),
    websocket: http.websocket,
  });
  return {
    streams,
    pool,
    clock,
    errors,
    http,
    port: server.port!,
    url: server.url.href.slice(0, -1),
    [Symbol.dispose]: () => void server.stop(true),
  };
}
