import { Elysia } from "elysia";
import type { Clock } from "../clock.ts";
import type { Visit } from "./access-visit.ts";
import { type Address, addressOf } from "./address.ts";
import { refusalAnswer } from "./answer.ts";
import { type Opening, openViewer, type PictureDependencies } from "./open-viewer.ts";
import { isBrowser } from "./part.ts";
import { PictureSocket, refusedSocket } from "./picture-socket.ts";
import { Refusal, refusalFrom } from "./refusal.ts";
import type { SocketHandlers } from "./socket.ts";
import { parseViewing, type Viewing } from "./viewing.ts";

const PREFIX = "/ws/mjpg/";

/** Takes a request over as a WebSocket whose events go to `handlers`; false if it does not ask for one. */
export type Upgrade = (request: Request, handlers: SocketHandlers) => boolean;

/** What the WebSocket route is made of. */
export interface SocketDependencies extends PictureDependencies {
  readonly clock: Clock;
  readonly upgrade: Upgrade;
}

/**
 * `GET /ws/mjpg/<PV>`: one JPEG a binary message. Programs are refused with the HTTP status that `/mjpg` gives, before
 * the upgrade. A browser hides that status from its page, so browsers, and whoever asks for status messages, get the
 * socket at once and a refusal as its close code.
 */
export function webSocketRoute(dependencies: SocketDependencies) {
  // Not Elysia's ws(): it wraps the socket anew for each event and turns bytes into JSON text. Its router is all that
  // is wanted here; Bun's own socket does the rest.
  return new Elysia({ name: "websocket" }).get(`${PREFIX}*`, ({ request }) =>
    answerUpgrade(request, dependencies),
  );
}

/** undefined once the request has become a socket: there is no HTTP answer to it any more. */
async function answerUpgrade(
  request: Request,
  dependencies: SocketDependencies,
): Promise<Response | undefined> {
  try {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") throw notAWebSocket();
    const address = addressOf(request);
    if (isBrowser(request) || address.query.get("status") === "1") {
      const visit = dependencies.access.visitOf(request);
      accept(request, refusableSocket(address, visit, dependencies), dependencies);
    } else {
      await acceptIfThereIsAPicture(request, address, dependencies);
    }
    return undefined;
  } catch (error) {
    return refusalAnswer(refusalFrom(error, dependencies.log));
  }
}

/** A socket that is opened first and closed with the reason if there is nothing to show. */
function refusableSocket(address: Address, visit: Visit, dependencies: SocketDependencies): SocketHandlers {
  try {
    const viewing = parseViewing(address, PREFIX, dependencies.defaults);
    const opening = { ...dependencies, ...doorOf(viewing), visit };
    return new PictureSocket(viewing, (signal) => openViewer(viewing, signal, opening), dependencies);
  } catch (error) {
    return refusedSocket(refusalFrom(error, dependencies.log));
  }
}

async function acceptIfThereIsAPicture(
  request: Request,
  address: Address,
  dependencies: SocketDependencies,
): Promise<void> {
  const viewing = parseViewing(address, PREFIX, dependencies.defaults);
  const visit = dependencies.access.visitOf(request);
  const viewer = await openViewer(viewing, request.signal, { ...dependencies, ...doorOf(viewing), visit });
  try {
    accept(request, new PictureSocket(viewing, () => Promise.resolve(viewer), dependencies), dependencies);
  } catch (error) {
    viewer.close();
    throw error;
  }
}

/** Turns the request into a socket. @throws Refusal `not-a-websocket` where it cannot be one */
export function accept(
  request: Request,
  handlers: SocketHandlers,
  { upgrade }: Pick<SocketDependencies, "upgrade">,
): void {
  if (!upgrade(request, handlers)) throw notAWebSocket();
}

/** Who is told the state in words needs no picture of it. */
function doorOf({ status }: Viewing): Pick<Opening, "kind" | "placeholder"> {
  return { kind: "ws", placeholder: status ? "never" : "lost" };
}

function notAWebSocket(): Refusal {
  return new Refusal("not-a-websocket", "This route speaks WebSocket; ask for it with an upgrade request.");
}
