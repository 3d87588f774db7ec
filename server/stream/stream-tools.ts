import type { Clock } from "../clock.ts";
import type { Encoder, EncoderChoice, PlaceholderPainter } from "../encode/index.ts";
import type { Log } from "../log.ts";
import type { Source, SourceListener } from "../source/index.ts";

/** The numbers that rule streams. */
export interface StreamSettings {
  /** Most pictures per second that any viewer gets. */
  readonly maxFps: number;
  /** How long a stream without viewers keeps its monitor, milliseconds. */
  readonly lingerMs: number;
  /** How long a new viewer waits for a first picture, milliseconds. */
  readonly connectTimeoutMs: number;
  /** Silence after which a stream counts as stalled, milliseconds; 5000 unless given. */
  readonly stallMs?: number;
  /** Most PVs that are watched or linger at a time; without end unless given. */
  readonly maxStreams?: number | undefined;
}

/** What streams are made with; everything that is not theirs comes in here. */
export interface StreamTools {
  /** Begins to watch a PV: `openSource` of the source room, with its client and limits filled in. */
  readonly openSource: (pv: string, listener: SourceListener) => Source;
  readonly encoder: Encoder & PlaceholderPainter;
  /** A new rule for `encoder=auto`; each rendition gets its own, because it learns. */
  readonly newChoice: () => Pick<EncoderChoice, "choose" | "learn">;
  /** Whether the images of the cameras take all memory that they may; there is no limit unless given. */
  readonly memory?: { readonly spent: boolean };
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: StreamSettings;
}
