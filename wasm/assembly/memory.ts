/**
 * Where everything lies. Fixed regions come first, each starting where the one before it ends; tables that the compiler
 * places (memory.data) follow at STATIC_DATA; the rest belongs to the host, which lays it out anew for every job.
 *
 *   0 ┌──────────────────────────┐
 *     │ guard: address 0 is none │ nothing is ever stored here
 *     ├──────────────────────────┤ MEASUREMENT
 *     │ low, high, finite        │ what measure() found, three f64
 *     ├──────────────────────────┤ LANES
 *     │ two vectors              │ lanes on their way to scalar code
 *     ├──────────────────────────┤ JPEG_JOB
 *     │ 22 words, two f64        │ what encodeJpeg() is to do (jpeg/job.ts)
 *     ├──────────────────────────┤ UNPACK_FAULT
 *     │ address, have, need      │ why packed bytes were refused (unpack/fault.ts)
 *     ├──────────────────────────┤ UNPACK_TILE
 *     │ 8 × 512 bytes            │ bits on their way to elements (unpack/bit-unshuffle-simd.ts)
 *     ├──────────────────────────┤ PLANE_JOB
 *     │ twelve words             │ what orient() and resize…() are to do (pixel/plane-job.ts)
 *     ├──────────────────────────┤ REGIONS_END ≤ STATIC_DATA
 *     ┊                          ┊
 *     ├──────────────────────────┤ STATIC_DATA = memoryBase in asconfig.json
 *     │ constant tables          │ placed by the compiler
 *     ├──────────────────────────┤ freeStart()
 *     │ input │ samples │ work-  │ laid out by wasm/core/job-memory.ts, grown as needed;
 *     │ space │ output           │ nothing in it outlives the next job
 *     └──────────────────────────┘
 */
const GUARD_SIZE: usize = 1024;

export const MEASUREMENT: usize = GUARD_SIZE;
/** f64 low, f64 high, f64 number of finite samples, 8 bytes to keep the next region on 16. */
const MEASUREMENT_SIZE: usize = 32;

export const LANES: usize = MEASUREMENT + MEASUREMENT_SIZE;
const LANES_SIZE: usize = 32;

export const JPEG_JOB: usize = LANES + LANES_SIZE;
/** 22 u32, two f64, and 8 bytes to keep the next region on 16. */
const JPEG_JOB_SIZE: usize = 112;

export const UNPACK_FAULT: usize = JPEG_JOB + JPEG_JOB_SIZE;
/** Three u32, and 4 bytes to keep the next region on 16. */
const UNPACK_FAULT_SIZE: usize = 16;

export const UNPACK_TILE: usize = UNPACK_FAULT + UNPACK_FAULT_SIZE;
/** A byte each of 512 elements of up to eight bytes. */
const UNPACK_TILE_SIZE: usize = 4096;

export const PLANE_JOB: usize = UNPACK_TILE + UNPACK_TILE_SIZE;
/** Twelve u32. */
const PLANE_JOB_SIZE: usize = 48;

const REGIONS_END: usize = PLANE_JOB + PLANE_JOB_SIZE;

/** Must be the memoryBase of asconfig.json. */
const STATIC_DATA: usize = 65536;

/** Regions that the host lays out start on such a boundary: a cache line, and more than any v128 wants. */
const ALIGNMENT: usize = 64;

/** First byte that belongs to the host. */
export function freeStart(): usize {
  if (REGIONS_END > STATIC_DATA) ERROR("the fixed regions run into the compiler's tables: raise memoryBase");
  return (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}
