export { StreamRegistry } from "./registry.ts";
export type { GlimpseOptions, OpenOptions, PlaceholderWish, Streams, WatchOptions } from "./streams.ts";
export { placeholderSize } from "./placeholder-board.ts";
export type { StreamSettings, StreamTools } from "./stream-tools.ts";
export { RAW_HEADROOM } from "./raw-maker.ts";
export type { RawViewer, Viewer, Watching } from "./viewer.ts";
export {
  type PictureNotes,
  type PictureReport,
  type RawPicture,
  reportOnPicture,
  type StreamPicture,
} from "./picture.ts";
export type {
  ClientNote,
  RenditionReport,
  StreamReport,
  StreamState,
  StreamStatus,
  ViewerReport,
} from "./status.ts";
export { LossLog } from "./loss-log.ts";
export type { StreamTotals } from "./totals.ts";
export { BOUNDS_MS, type Percentiles, percentilesOf, type ReadonlyHistogram } from "./histogram.ts";
export type { Drops, LossName } from "./statistics.ts";
