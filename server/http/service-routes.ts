import { Elysia } from "elysia";
import { COMMON_HEADERS, jsonAnswer } from "./answer.ts";
import type { ViewerInfo } from "./protocol.ts";

/** `GET /healthz`: 200 for as long as this process serves; and `GET /viewer.json`: what the page asks first. */
export function serviceRoutes(viewer: ViewerInfo) {
  return new Elysia({ name: "service" })
    .get(
      "/healthz",
      () => new Response("ok\n", { headers: { ...COMMON_HEADERS, "Content-Type": "text/plain" } }),
    )
    .get("/viewer.json", () => jsonAnswer(viewer));
}
