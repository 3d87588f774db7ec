/**
 * One job worked out: how the picture falls into MCUs (T.81 A.2) and where in the workspace everything lies.
 *
 *     workspace ┌───────────────────────────┐
 *               │ Plan                      │
 *               │ BitState, Component × 3   │
 *               │ script                    │ component of each block of an MCU, in scan order
 *               │ steps × 2, divisors × 2   │ luminance, chrominance
 *               │ edge                      │ 8 × 8 samples of a block that the picture fills only in part
 *               │ blocks                    │ BATCH_BLOCKS of them
 *               │ words                     │ their bits, before stuffing
 *               ├───────────────────────────┤ colour only:
 *               │ y, cb, cr                 │ one row of MCUs, whole MCUs wide
 *               │ cb, cr × 2 rows           │ full resolution, 4:2:0 only
 *               └───────────────────────────┘
 */
import { Colour } from "../abi";
import { BIT_STATE_BYTES, BitState, resetBits } from "./bits";
import { BLOCK_BYTES } from "./block";
import { BLOCK_BITS_BYTES_MAX, COMPONENT_BYTES, Component } from "./coder";
import { CHROMINANCE_CODES, LUMINANCE_CODES } from "./huffman";
import { Job, SUBSAMPLED } from "./job";
import { QUANTISATION_BYTES, scaleQuantisation } from "./quality";
import { DIVISOR_BYTES, makeDivisors } from "./quantize";
import { CHROMINANCE_QUANTISATION, LUMINANCE_QUANTISATION } from "./tables";

/** Blocks between DCT and coder at a time: few enough to stay in the first-level cache, a multiple of 1, 3 and 6. */
export const BATCH_BLOCKS: i32 = 48;

const PLAN_BYTES: usize = 80;
const SCRIPT_BYTES: usize = 32;
const EDGE_BYTES: usize = 64;
/** All bits of a batch and the word that was begun before it. */
const WORDS_BYTES: usize = <usize>BATCH_BLOCKS * BLOCK_BITS_BYTES_MAX + 16;

const STATE: usize = PLAN_BYTES;
const COMPONENTS: usize = STATE + BIT_STATE_BYTES;
const SCRIPT: usize = COMPONENTS + 3 * COMPONENT_BYTES;
const STEPS: usize = SCRIPT + SCRIPT_BYTES;
const DIVISORS: usize = STEPS + 2 * QUANTISATION_BYTES;
const EDGE: usize = DIVISORS + 2 * DIVISOR_BYTES;
const BLOCKS: usize = EDGE + EDGE_BYTES;
const WORDS: usize = BLOCKS + <usize>BATCH_BLOCKS * BLOCK_BYTES;
const STRIP: usize = WORDS + WORDS_BYTES;

@unmanaged
export class Plan {
  source: usize;
  width: i32;
  height: i32;
  colourMode: i32;
  /** Samples of luminance that an MCU is wide and high: 8 or 16. */
  mcuSide: i32;
  mcuColumns: i32;
  mcuRows: i32;
  /** 1, 3 (4:4:4) or 6 (4:2:0). */
  blocksPerMcu: i32;
  script: usize;
  edge: usize;
  blocks: usize;
  words: usize;
  /** The strip: bytes from row to row, and the first row, of luminance and of chrominance. */
  stride: usize;
  chromaStride: usize;
  y: usize;
  cb: usize;
  cr: usize;
  /** Two rows of Cb, then two of Cr, each `stride` long, before downsampling. */
  fullChroma: usize;
}

export function isGrey(colourMode: i32): bool {
  return colourMode == Colour.MONO;
}

export function isSubsampled(colourMode: i32, subsampling: i32): bool {
  return !isGrey(colourMode) && subsampling == SUBSAMPLED;
}

function mcuSideOf(colourMode: i32, subsampling: i32): i32 {
  return isSubsampled(colourMode, subsampling) ? 16 : 8;
}

function blocksPerMcuOf(colourMode: i32, subsampling: i32): i32 {
  if (isGrey(colourMode)) return 1;
  return subsampling == SUBSAMPLED ? 6 : 3;
}

function mcusAlong(samples: i32, mcuSide: i32): i32 {
  return (samples + mcuSide - 1) / mcuSide;
}

/** Blocks of the whole scan; more than 32 bits can count is possible. */
export function countBlocks(width: i32, height: i32, colourMode: i32, subsampling: i32): u64 {
  const side = mcuSideOf(colourMode, subsampling);
  const mcus = <u64>mcusAlong(width, side) * <u64>mcusAlong(height, side);
  return mcus * <u64>blocksPerMcuOf(colourMode, subsampling);
}

/** Bytes of workspace: grows with the width for colour, never with the height. */
export function workspaceBytes(width: i32, colourMode: i32, subsampling: i32): usize {
  if (isGrey(colourMode)) return STRIP;
  const side = mcuSideOf(colourMode, subsampling);
  const stride = <usize>mcusAlong(width, side) * side;
  // 4:2:0: 16 rows of Y, 8 half rows of Cb and of Cr, 2 full rows of each; 4:4:4: 8 rows of each
  return STRIP + stride * (subsampling == SUBSAMPLED ? 16 + 8 + 4 : 24);
}

/** Lays the workspace out for a job that has been checked. */
export function makePlan(job: Job): Plan {
  const workspace = <usize>job.workspace;
  const plan = changetype<Plan>(workspace);
  plan.source = job.source;
  plan.width = job.width;
  plan.height = job.height;
  plan.colourMode = job.colourMode;
  plan.mcuSide = mcuSideOf(job.colourMode, job.subsampling);
  plan.mcuColumns = mcusAlong(job.width, plan.mcuSide);
  plan.mcuRows = mcusAlong(job.height, plan.mcuSide);
  plan.blocksPerMcu = blocksPerMcuOf(job.colourMode, job.subsampling);
  plan.script = workspace + SCRIPT;
  plan.edge = workspace + EDGE;
  plan.blocks = workspace + BLOCKS;
  plan.words = workspace + WORDS;
  layStrip(plan, workspace + STRIP);
  resetBits(bitState(plan));
  makeTables(plan, job.quality);
  writeScript(plan);
  return plan;
}

function layStrip(plan: Plan, strip: usize): void {
  const side = <usize>plan.mcuSide;
  plan.stride = <usize>plan.mcuColumns * side;
  plan.chromaStride = <usize>plan.mcuColumns * 8;
  plan.y = strip;
  plan.cb = plan.y + side * plan.stride;
  plan.cr = plan.cb + 8 * plan.chromaStride;
  plan.fullChroma = plan.cr + 8 * plan.chromaStride;
}

function makeTables(plan: Plan, quality: i32): void {
  scaleQuantisation(LUMINANCE_QUANTISATION, quality, steps(plan, 0));
  scaleQuantisation(CHROMINANCE_QUANTISATION, quality, steps(plan, 1));
  for (let i = 0; i < 3; i++) {
    const table = min(i, 1);
    const component = componentOf(plan, i);
    component.prediction = 0;
    component.codes = i == 0 ? LUMINANCE_CODES : CHROMINANCE_CODES;
    component.divisors = changetype<usize>(plan) + DIVISORS + <usize>table * DIVISOR_BYTES;
    makeDivisors(steps(plan, table), component.divisors);
  }
}

/** Y, or Y Cb Cr, or Y Y Y Y Cb Cr. */
function writeScript(plan: Plan): void {
  const luminance = max(plan.blocksPerMcu - 2, 1);
  for (let i = 0; i < plan.blocksPerMcu; i++) {
    const component = componentOf(plan, max(i - luminance + 1, 0));
    store<u32>(plan.script + <usize>i * 4, <u32>changetype<usize>(component));
  }
}

export function bitState(plan: Plan): BitState {
  return changetype<BitState>(changetype<usize>(plan) + STATE);
}

/** 0 is Y, 1 is Cb, 2 is Cr. */
export function componentOf(plan: Plan, index: i32): Component {
  return changetype<Component>(changetype<usize>(plan) + COMPONENTS + <usize>index * COMPONENT_BYTES);
}

/** Quantisation steps as DQT wants them: 0 of luminance, 1 of chrominance. */
export function steps(plan: Plan, table: i32): usize {
  return changetype<usize>(plan) + STEPS + <usize>table * QUANTISATION_BYTES;
}
