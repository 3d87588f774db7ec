import { Elysia } from "elysia";
import type { Recipe } from "../../wasm/core/index.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Streams } from "../stream/index.ts";
import { addressOf } from "./address.ts";
import { preflightAnswer, refusalAnswer } from "./answer.ts";
import { mjpegRoute } from "./mjpeg.ts";
import { type PageOptions, pageRoutes } from "./page.ts";
import { takePlainAddress } from "./plain-address.ts";
import type { ViewerInfo } from "./protocol.ts";
import { Refusal, refusalFrom } from "./refusal.ts";
import { RunningStreams } from "./running-streams.ts";
import { serviceRoutes } from "./service-routes.ts";
import { snapshotRoute } from "./snapshot.ts";
import type { SnapshotTools } from "./snapshot-taker.ts";
import { webSocketEvents, type SocketHandlers } from "./socket.ts";
import { viewsRoute } from "./views/views-route.ts";
import { webSocketRoute, type Upgrade } from "./websocket.ts";

/** What the web side is made of. */
export interface HttpDependencies {
  readonly streams: Pick<Streams, "open" | "openRaw" | "glimpse" | "latest" | "failed">;
  /** What single pictures are made with. */
  readonly snapshots: Pick<SnapshotTools, "encoder" | "newChoice">;
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
  /** Resolves when the streams that run now have ended; what ends them is the closing of the registry. */
  ended(): Promise<void>;
}

/** Puts the routes together. */
export function createHttp(options: HttpDependencies): HttpService {
  const { page, viewer, basePath = "", ...dependencies } = options;
  const running = new RunningStreams();
  const servers = new WeakMap<Request, Bun.Server<SocketHandlers>>();
  const upgrade: Upgrade = (request, handlers) =>
    servers.get(request)?.upgrade(request, { data: handlers }) ?? false;

  const routes = new Elysia({ name: "http" })
    .onRequest(({ request }) => (request.method === "OPTIONS" ? preflightAnswer() : undefined))
    .onError(({ code, error, request }) =>
      refusalAnswer(code === "NOT_FOUND" ? noRoute(request) : refusalFrom(error, dependencies.log)),
    )
    .use(mjpegRoute({ ...dependencies, running }))
    .use(snapshotRoute({ ...dependencies, ...dependencies.snapshots }))
    .use(webSocketRoute({ ...dependencies, running, upgrade }))
    .use(viewsRoute({ ...dependencies, running, upgrade }))
    .use(pageRoutes(page))
    .use(serviceRoutes(viewer))
    .compile();

  return {
    async fetch(request, server) {
      if (server !== undefined) servers.set(request, server);
      return takePlainAddress(request, basePath) ?? (await routes.fetch(request));
    },
    websocket: webSocketEvents,
    ended: () => running.ended(),
  };
}

function noRoute(request: Request): Refusal {
  const { method } = request;
  const { path } = addressOf(request);
  if (!["GET", "HEAD"].includes(method)) {
    return new Refusal("method-not-allowed", `${method} is not done here; everything is read with GET.`);
  }
  return new Refusal(
    "unknown-route",
    `There is nothing at ${path}. There is / (the viewer), /mjpg/<PV>, /snapshot/<PV>, /ws/mjpg/<PV>, /ws, /viewer.json and /healthz.`,
  );
}
