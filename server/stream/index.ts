export { StreamRegistry, type OpenOptions } from "./registry.ts";
export type { StreamSettings, StreamTools } from "./stream-tools.ts";
export type { Viewer } from "./viewer.ts";
export { reportOnPicture, type PictureReport, type StreamPicture } from "./picture.ts";
export type { RenditionReport, StreamReport, StreamState, StreamStatus } from "./status.ts";
export type { Drops, LossName } from "./statistics.ts";
