import type { Recipe } from "../../wasm/core/index.ts";
import type { Log } from "../log.ts";
import type { RawViewer, Streams, Viewer } from "../stream/index.ts";
import { Refusal } from "./refusal.ts";
import type { RunningStreams } from "./running-streams.ts";
import type { Viewing } from "./viewing.ts";

/** What the routes that show pictures are made of. */
export interface PictureDependencies {
  readonly streams: Pick<Streams, "open" | "openRaw">;
  /** The recipe of viewers that ask for nothing. */
  readonly defaults: Partial<Recipe>;
  readonly running: RunningStreams;
  readonly log: Log;
}

/**
 * Opens what the request asks for; `signal` aborts when its client is gone, which ends the search and the viewer.
 * Rejects with a ServiceError if there is nothing to show, at the latest after the connect timeout.
 */
export async function openViewer(
  { pv, recipe, fps }: Viewing,
  signal: AbortSignal,
  { streams }: PictureDependencies,
): Promise<Viewer> {
  return opened(pv, signal, () => streams.open(pv, recipe, fps === undefined ? { signal } : { fps, signal }));
}

/** The same for frames as the camera sends them. */
export async function openRawViewer(
  { pv, fps }: Viewing,
  signal: AbortSignal,
  { streams }: PictureDependencies,
): Promise<RawViewer> {
  return opened(pv, signal, () => streams.openRaw(pv, fps === undefined ? { signal } : { fps, signal }));
}

async function opened<Type>(pv: string, signal: AbortSignal, open: () => Promise<Type>): Promise<Type> {
  try {
    return await open();
  } catch (error) {
    if (signal.aborted) throw new Refusal("client-gone", "The client left.", { pv }, error);
    throw error;
  }
}
