import { Elysia } from "elysia";
import type { Recipe } from "../../wasm/core/index.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Streams } from "../stream/index.ts";
import type { Access } from "./access.ts";
import { PageRefusal } from "./access-login.ts";
import { addressOf } from "./address.ts";
import { preflightAnswer, refusalAnswer } from "./answer.ts";
import { metricsRoute, type ServiceFacts } from "./metrics.ts";
import { mjpegRoute } from "./mjpeg.ts";
import { type PageOptions, pageRoutes } from "./page.ts";
import { openApiRoute } from "./openapi.ts";
import { routeNames } from "./openapi-routes.ts";
import { isBrowser } from "./part.ts";
import { refusedSocket } from "./picture-socket.ts";
import { takePlainAddress } from "./plain-address.ts";
import type { ViewerInfo } from "./protocol.ts";
import { RefusalCounts } from "./refusal-counts.ts";
import { Refusal, refusalFrom, type RefusalLog } from "./refusal.ts";
import { RequestLog } from "./request-log.ts";
import { RunningStreams } from "./running-streams.ts";
import { serviceRoutes } from "./service-routes.ts";
import { Slices } from "./slices.ts";
import { snapshotRoute } from "./snapshot.ts";
import type { SnapshotTools } from "./snapshot-taker.ts";
import { webSocketEvents, type SocketHandlers } from "./socket.ts";
import { streamsRoutes } from "./streams-api.ts";
import { viewsRoute } from "./views/views-route.ts";
import { webSocketRoute, type Upgrade } from "./websocket.ts";

/** What the web side is made of. */
export interface HttpDependencies {
  /** With the PV rules before them (access-pv-rules.ts). */
  readonly streams: Pick<
    Streams,
    "open" | "openRaw" | "glimpse" | "latest" | "failed" | "pvs" | "report" | "totals"
  >;
  /** What is told of the rest of the service. */
  readonly service: ServiceFacts;
  /** What single pictures are made with. */
  readonly snapshots: Pick<SnapshotTools, "encoder" | "newChoice">;
  readonly access: Access;
  /** The recipe of viewers that ask for nothing. */
  readonly defaults: Partial<Recipe>;
  /** The viewer page. */
  readonly page: PageOptions;
  /** What the viewer page is told before a PV is chosen. */
  readonly viewer: ViewerInfo;
  /** What a reverse proxy may leave in front of every path; it begins with a slash and ends without one. */
  readonly basePath?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The web side, not listening: its two halves are given to `Bun.serve`. */
export interface HttpService {
  /** Answers a request. `server` is what can turn it into a WebSocket; without it none can be. Never rejects. */
  fetch(request: Request, server?: Bun.Server<SocketHandlers>): Promise<Response | undefined>;
  readonly websocket: Bun.WebSocketHandler<SocketHandlers>;
  /** Every route; `*` stands for the rest of a path. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /**
   * Resolves when the streams that run now have ended; what ends them is the closing of the registry. The service does not
   * call itself ready from then on.
   */
  ended(): Promise<void>;
}

/** Puts the routes together. */
export function createHttp(options: HttpDependencies): HttpService {
  const { page, viewer, service, basePath = "", ...given } = options;
  const refusals = new RefusalCounts();
  const log: RefusalLog = { ...given.log, refused: (code) => refusals.note(code) };
  const dependencies = { ...given, log };
  const requests = new RequestLog(given.clock, log);
  const { access } = given;
  const running = new RunningStreams();
  const slices = new Slices(given.clock);
  let stopping = false;
  const servers = new WeakMap<Request, Bun.Server<SocketHandlers>>();
  const upgrade: Upgrade = (request, handlers) =>
    servers.get(request)?.upgrade(request, { data: handlers }) ?? false;

  /** A browser does not tell its page the status of a failed upgrade, so it gets the socket and a close code. */
  const answerStopped = (refusal: Refusal, request: Request): Response | undefined => {
    if (refusal instanceof PageRefusal) return refusal.page;
    return isBrowser(request) && upgrade(request, refusedSocket(refusal))
      ? undefined
      : refusalAnswer(refusal);
  };

  const routes = new Elysia({ name: "http" })
    .onRequest(({ request }) => (request.method === "OPTIONS" ? preflightAnswer() : undefined))
    .onError(({ code, error, request }) =>
      refusalAnswer(refusalFrom(code === "NOT_FOUND" ? noRoute(request) : error, log)),
    )
    .use(mjpegRoute({ ...dependencies, running }))
    .use(snapshotRoute({ ...dependencies, ...dependencies.snapshots }))
    .use(webSocketRoute({ ...dependencies, running, upgrade }))
    .use(viewsRoute({ ...dependencies, running, upgrade }))
    .use(pageRoutes(page))
    .use(serviceRoutes(viewer, () => obstacles(service, stopping)))
    .use(streamsRoutes(dependencies.streams, slices))
    .use(openApiRoute({ version: service.version, basePath }))
    .use(metricsRoute({ service, streams: dependencies.streams, refusals, requests }, slices))
    .compile();

  /** undefined: the request has become a WebSocket. */
  const routed = async (request: Request): Promise<Response | undefined> => routes.fetch(request);
  const answered = async (request: Request): Promise<Response | undefined> => {
    const moved = takePlainAddress(request, basePath);
    const stopped = moved ?? (await access.enter(request).catch((error: unknown) => refusalFrom(error, log)));
    const response =
      stopped instanceof Refusal ? answerStopped(stopped, request) : (stopped ?? (await routed(request)));
    return response && access.leave(request, response);
  };

  return {
    async fetch(request, server) {
      if (server !== undefined) servers.set(request, server);
      const client = access.meet(request, server?.requestIP(request)?.address);
      return requests.follow(request, client.address, answered(request));
    },
    websocket: webSocketEvents,
    routes: routes.routes.map(({ method, path }) => ({ method, path })),
    ended() {
      stopping = true;
      return running.ended();
    },
  };
}

/** Why no new viewers should be sent here now. */
function obstacles({ encoder }: ServiceFacts, stopping: boolean): string[] {
  const reasons: string[] = [];
  if (stopping) reasons.push("The server is stopping.");
  if (encoder.idle + encoder.report.busy === 0) reasons.push("No worker that could encode is there.");
  return reasons;
}

function noRoute(request: Request): Refusal {
  const { method } = request;
  const { path } = addressOf(request);
  if (!["GET", "HEAD"].includes(method)) {
    return new Refusal("method-not-allowed", `${method} is not done here; everything is read with GET.`);
  }
  return new Refusal(
    "unknown-route",
    `There is nothing at ${path}. There is / (the viewer), ${routeNames().join(", ")}.`,
  );
}
