/** Widest and highest image a simulated camera delivers, in pixels. */
export const MAX_SIDE = 16_384;
/** Slowest and fastest rate, in frames a second. */
export const MIN_RATE = 0.1;
export const MAX_RATE = 1000;
/** Largest frame, in bytes: 16384 × 16384 uint8, and what PVA clients commonly refuse to go beyond. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;
/** A camera keeps this many different pictures ready, fewer when they would pass `RING_BYTES`, but always two. */
export const RING_FRAMES = 16;
export const RING_BYTES = 64 * 1024 * 1024;
/** All watched cameras of one simulation together may hold this much; one more is refused. */
export const MAX_TOTAL_BYTES = 1024 * 1024 * 1024;
/** Cameras remembered by name; beyond it the idle one that was asked for longest ago is forgotten. */
export const MAX_CAMERAS = 256;
/** Pre-rendering works in slices of about this many milliseconds, so that frames of other cameras go out between. */
export const RENDER_SLICE_MS = 3;
/** A camera this far behind its schedule (milliseconds) stops catching up and goes on from now. */
export const CATCH_UP_MS = 50;
