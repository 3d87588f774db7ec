import { Elysia } from "elysia";
import { COMMON_HEADERS, jsonAnswer } from "./answer.ts";
import type { ViewerInfo } from "./protocol.ts";

/** Why the service should get no new viewers now, each a sentence; none: it is ready. */
export type Obstacles = () => readonly string[];

/**
 * What those ask who look after the service, and the page:
 * - `GET /healthz`: 200 for as long as this process serves; whoever gets none should restart it;
 * - `GET /readyz`: 200 if viewers should be sent here, else 503 with the reasons. It does not depend on cameras and their
 *   servers: a dead camera is dead for every instance, and taking all of them out of service would take its placeholder,
 *   and the cameras that live, from everybody;
 * - `GET /viewer.json`: what the page asks first.
 */
export function serviceRoutes(viewer: ViewerInfo, obstacles: Obstacles) {
  return new Elysia({ name: "service" })
    .get(
      "/healthz",
      () => new Response("ok\n", { headers: { ...COMMON_HEADERS, "Content-Type": "text/plain" } }),
    )
    .get("/readyz", () => {
      const reasons = obstacles();
      const ready = reasons.length === 0;
      return jsonAnswer({ ready, reasons }, ready ? 200 : 503);
    })
    .get("/viewer.json", () => jsonAnswer(viewer));
}
