export type { CameraFrame } from "./camera-frame.ts";
export { ImageFault, type ImageFaultCode, type ImageFaultKind } from "./fault.ts";
export type { ImageClient } from "./image-client.ts";
export type { Source, SourceDependencies, SourceListener, SourceState } from "./source.ts";
export { MemoryBudget } from "./memory-budget.ts";
export { openSource } from "./image-source.ts";
