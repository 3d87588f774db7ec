import { Elysia } from "elysia";
import { PlacedSocket } from "../access-socket.ts";
import { refusalAnswer } from "../answer.ts";
import { refusalFrom } from "../refusal.ts";
import { accept, type SocketDependencies } from "../websocket.ts";
import { FeedOpening } from "./feed-opening.ts";
import { ViewsSocket } from "./views-socket.ts";

/** `GET /ws`: many PVs on one socket, in the words of protocol.ts. */
export function viewsRoute(dependencies: SocketDependencies) {
  const opening = new FeedOpening(dependencies);
  return new Elysia({ name: "views" }).get("/ws", ({ request }) => {
    try {
      const visit = dependencies.access.visitOf(request);
      const socket = new ViewsSocket(opening.of(visit));
      accept(request, new PlacedSocket(visit, socket, dependencies.log), dependencies);
      return undefined;
    } catch (error) {
      return refusalAnswer(refusalFrom(error, dependencies.log));
    }
  });
}
