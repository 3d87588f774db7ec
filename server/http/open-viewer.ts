import type { Recipe } from "../../wasm/core/index.ts";
import type { Log } from "../log.ts";
import type { OpenOptions, PlaceholderWish, RawViewer, Streams, Viewer } from "../stream/index.ts";
import type { Access } from "./access.ts";
import type { Visit } from "./access-visit.ts";
import { Refusal } from "./refusal.ts";
import type { RunningStreams } from "./running-streams.ts";
import type { Viewing } from "./viewing.ts";

/** What the routes that show pictures are made of. */
export interface PictureDependencies {
  readonly streams: Pick<Streams, "open" | "openRaw">;
  /** The recipe of viewers that ask for nothing. */
  readonly defaults: Partial<Recipe>;
  readonly access: Access;
  readonly running: RunningStreams;
  readonly log: Log;
}

/** For whom something is opened, and among which streams. */
export interface Opening extends Pick<PictureDependencies, "streams"> {
  readonly visit: Visit;
  /** The door that the viewer has come through, for reports: `mjpg`, `ws`, … */
  readonly kind: string;
  /** When a viewer who does not say so is shown placeholders; never unless given. */
  readonly placeholder?: PlaceholderWish;
}

/**
 * Opens what the request asks for; `signal` aborts when its client is gone, which ends the search and the viewer. The
 * viewer has a place among all viewers until it is closed, and ends when its token is taken back.
 * Rejects with a ServiceError if there is nothing to show, at the latest after the connect timeout; with a Refusal if
 * there is no place.
 */
export async function openViewer(
  { pv, recipe, fps, placeholder: wish }: Viewing,
  signal: AbortSignal,
  { streams, visit, kind, placeholder = "never" }: Opening,
): Promise<Viewer> {
  const client = { kind, address: visit.client.address };
  const options: OpenOptions = {
    client,
    placeholder: wish ?? placeholder,
    ...(fps !== undefined && { fps }),
  };
  return placed(pv, signal, visit, (ending) => streams.open(pv, recipe, { ...options, signal: ending }));
}

/** The same for frames as the camera sends them. */
export async function openRawViewer(
  { pv, fps }: Viewing,
  signal: AbortSignal,
  { streams, visit, kind }: Opening,
): Promise<RawViewer> {
  const client = { kind, address: visit.client.address };
  return placed(pv, signal, visit, (ending) =>
    streams.openRaw(pv, { ...(fps === undefined ? {} : { fps }), signal: ending, client }),
  );
}

async function placed<Watching extends { close(): void }>(
  pv: string,
  signal: AbortSignal,
  visit: Visit,
  open: (ending: AbortSignal) => Promise<Watching>,
): Promise<Watching> {
  const { ending, leave } = visit.takePlaceUntil(signal);
  try {
    const viewer = await open(ending);
    const close = viewer.close.bind(viewer);
    // Set on the viewer, and not wrapped around it: a wrapper would have to repeat all that viewers can do.
    viewer.close = () => {
      leave();
      close();
    };
    return viewer;
  } catch (error) {
    leave();
    if (signal.aborted) throw new Refusal("client-gone", "The client left.", { pv }, error);
    if (ending.aborted)
      throw new Refusal("unauthorized", "The token that was given does not hold any more.", { pv }, error);
    throw error;
  }
}
