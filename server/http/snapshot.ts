import { Elysia } from "elysia";
import type { Recipe } from "../../wasm/core/index.ts";
import type { Log } from "../log.ts";
import { addressOf } from "./address.ts";
import { refusalAnswer } from "./answer.ts";
import { refusalFrom } from "./refusal.ts";
import { snapshotHeaders } from "./snapshot-headers.ts";
import { parseSnapshot } from "./snapshot-request.ts";
import { SnapshotTaker, type SnapshotTools } from "./snapshot-taker.ts";

const PREFIX = "/snapshot/";

/** What the route of single pictures is made of. */
export interface SnapshotDependencies extends SnapshotTools {
  /** The recipe of whoever asks for nothing. */
  readonly defaults: Partial<Recipe>;
  readonly log: Log;
}

/** `GET` and `HEAD /snapshot/<PV>`: one fresh picture or array, as a file. */
export function snapshotRoute(dependencies: SnapshotDependencies) {
  const taker = new SnapshotTaker(dependencies);
  const answer = (request: Request): Promise<Response> => answerSnapshot(request, taker, dependencies);
  return (
    new Elysia({ name: "snapshot" })
      .get(`${PREFIX}*`, ({ request }) => answer(request))
      // Elysia's own HEAD reads the body to measure it and forgets the rest; Bun, given the same response as to GET, sends its headers alone.
      .onRequest(({ request }) => {
        if (request.method === "HEAD" && addressOf(request).path.startsWith(PREFIX)) return answer(request);
        return undefined;
      })
  );
}

async function answerSnapshot(
  request: Request,
  taker: SnapshotTaker,
  { defaults, clock, log }: SnapshotDependencies,
): Promise<Response> {
  try {
    const asked = parseSnapshot(addressOf(request), PREFIX, request.headers.get("accept"), defaults);
    const file = await taker.take(asked, request.signal);
    return new Response(file.bytes as Uint8Array<ArrayBuffer>, {
      headers: snapshotHeaders(asked.pv, file, clock),
    });
  } catch (error) {
    return refusalAnswer(refusalFrom(error, log));
  }
}
