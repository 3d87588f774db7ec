import type { Recipe } from "../../wasm/core/index.ts";
import type { Clock } from "../clock.ts";
import { type EncoderPool, type PlaceholderPainter, PLACEHOLDERS } from "../encode/index.ts";
import { ServiceError, type ServiceErrorCode } from "../errors.ts";
import { placeholderSize } from "../stream/index.ts";
import { SNAPSHOT_HEADERS } from "./snapshot-headers.ts";
import { clientGone } from "./snapshot-jobs.ts";
import { mediaType } from "./snapshot-request.ts";

/** What is the camera's trouble and may be shown as a picture; what is wrong with the request never is. */
const OF_THE_CAMERA: ReadonlySet<ServiceErrorCode> = new Set<ServiceErrorCode>([
  "pv-not-found",
  "no-image-yet",
  "bad-image",
  "not-an-image",
  "quarantined",
]);

/** What placeholders are drawn with. */
export interface PlaceholderTools {
  readonly encoder: Pick<EncoderPool, "inTurn"> & PlaceholderPainter;
  readonly clock: Clock;
}

/** Whether an error may be answered with a picture that tells it. */
export function mayBeDrawn(error: unknown): error is ServiceError {
  return error instanceof ServiceError && OF_THE_CAMERA.has(error.code);
}

/**
 * A JPEG that says why there is none of the camera, with status 200, for who shows it wants a picture; programs find the
 * code in X-Error.
 * @throws the error itself where it cannot be drawn, as when the server stops; Refusal `client-gone`
 */
export async function drawnRefusal(
  error: ServiceError,
  recipe: Recipe,
  signal: AbortSignal,
  { encoder, clock }: PlaceholderTools,
): Promise<Response> {
  const time = new Date(clock.wallTime()).toISOString().replace("T", " ").replace(/\..*/u, " UTC");
  const { pv = "" } = error;
  const job = { size: placeholderSize(recipe), lines: [error.message, pv, time], quality: recipe.quality };
  const { jpeg } = await encoder
    .inTurn({ party: PLACEHOLDERS }, () => encoder.drawPlaceholder(job), signal)
    .catch(() => {
      throw signal.aborted ? clientGone(pv, signal.reason) : error;
    });
  const headers = { ...SNAPSHOT_HEADERS, "Content-Type": mediaType("jpg"), "X-Error": error.code };
  return new Response(jpeg as Uint8Array<ArrayBuffer>, { headers });
}
