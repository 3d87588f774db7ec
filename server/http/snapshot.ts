import { Elysia } from "elysia";
import type { Recipe } from "../../wasm/core/index.ts";
import type { Log } from "../log.ts";
import type { Access } from "./access.ts";
import { addressOf } from "./address.ts";
import { refusalAnswer } from "./answer.ts";
import { Refusal, refusalFrom } from "./refusal.ts";
import { snapshotHeaders } from "./snapshot-headers.ts";
import { drawnRefusal, mayBeDrawn } from "./snapshot-placeholder.ts";
import { parseSnapshot } from "./snapshot-request.ts";
import { SnapshotTaker, type SnapshotTools } from "./snapshot-taker.ts";

const PREFIX = "/snapshot/";

/** What the route of single pictures is made of. */
export interface SnapshotDependencies extends SnapshotTools {
  /** The recipe of whoever asks for nothing. */
  readonly defaults: Partial<Recipe>;
  readonly access: Access;
  readonly log: Log;
}

/** `GET` and `HEAD /snapshot/<PV>`: one fresh picture or array, as a file. */
export function snapshotRoute(dependencies: SnapshotDependencies) {
  const taker = new SnapshotTaker(dependencies);
  const answer = (request: Request): Promise<Response> => answerSnapshot(request, taker, dependencies);
  return (
    new Elysia({ name: "snapshot" })
      .get(`${PREFIX}*`, ({ request }) => answer(request))
      // Elysia's own HEAD reads the body to measure it; Bun, given the same response as to GET, sends its headers alone.
      .onRequest(({ request }) => {
        if (request.method === "HEAD" && addressOf(request).path.startsWith(PREFIX)) return answer(request);
        return undefined;
      })
  );
}

async function answerSnapshot(
  request: Request,
  taker: SnapshotTaker,
  { access, defaults, clock, encoder, log }: SnapshotDependencies,
): Promise<Response> {
  try {
    const asked = parseSnapshot(addressOf(request), PREFIX, request.headers.get("accept"), defaults);
    const { ending, leave } = access.visitOf(request).takePlaceUntil(request.signal);
    try {
      const file = await taker.take(asked, ending);
      const headers = snapshotHeaders(asked.pv, file, clock);
      return new Response(file.bytes as Uint8Array<ArrayBuffer>, { headers });
    } catch (error) {
      if (ending.aborted && !request.signal.aborted) throw tokenTakenBack(error);
      if (!asked.placeholder || asked.wish.format !== "jpg" || !mayBeDrawn(error)) throw error;
      return await drawnRefusal(error, asked.wish.recipe, ending, { encoder, clock });
    } finally {
      leave();
    }
  } catch (error) {
    return refusalAnswer(refusalFrom(error, log));
  }
}

function tokenTakenBack(cause: unknown): Refusal {
  return new Refusal("unauthorized", "The token that was given does not hold any more.", {}, cause);
}
