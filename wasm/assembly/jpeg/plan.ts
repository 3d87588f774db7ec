/**
 * One job worked out: how the picture falls into MCUs (sampling.ts) and where in the workspace everything lies.
 *
 *     workspace ┌───────────────────────────┐
 *               │ Plan                      │
 *               │ BitState, Component × 3   │
 *               │ script                    │ component of each block of an MCU, in scan order
 *               │ steps × 2, divisors × 2   │ luminance, chrominance
 *               │ edge                      │ 8 × 8 samples of a block that the picture fills only in part
 *               │ blocks                    │ BATCH_BLOCKS of them
 *               │ words                     │ their bits, before stuffing
 *               │ codes × 2                 │ Huffman codes, where they are not the standard's
 *               ├───────────────────────────┤
 *               │ levels                    │ some rows of MCUs scaled to 8 bits, in the layout of the source
 *               ├───────────────────────────┤ colour only:
 *               │ y, cb, cr                 │ one row of MCUs, whole MCUs wide
 *               │ cb, cr × 2 rows           │ full resolution, 4:2:0 and 4:2:2 only
 *               └───────────────────────────┘
 */
import { BIT_STATE_BYTES, BitState, resetBits } from "./bits";
import { BLOCK_BYTES } from "./block";
import { BLOCK_BITS_BYTES_MAX, COMPONENT_BYTES, Component } from "./coder";
import { COUNTS_BYTES, countingStep } from "./count";
import { CHROMINANCE_CODES, CODES_BYTES, LUMINANCE_CODES, makeCodes } from "./huffman";
import { Job, SPECIFICATION_BYTES } from "./job";
import { QUANTISATION_BYTES, scaleQuantisation } from "./quality";
import { DIVISOR_BYTES, makeDivisors } from "./quantize";
import { blocksPerMcuOf, isGrey, mcuHeightOf, mcuWidthOf, mcusAlong } from "./sampling";
import { CHROMINANCE_QUANTISATION, LUMINANCE_QUANTISATION } from "./tables";

/** Blocks between DCT and coder at a time: few enough to stay in the first-level cache, a multiple of 1, 3, 4 and 6. */
export const BATCH_BLOCKS: i32 = 48;

/** Levels that are scaled at a time, about: few enough for the second-level cache. */
const SCALED_BYTES: usize = 131072;

const PLAN_BYTES: usize = 128;
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
const CODES: usize = WORDS + WORDS_BYTES;
const LEVELS: usize = CODES + 2 * <usize>CODES_BYTES;

@unmanaged
export class Plan {
  width: i32;
  height: i32;
  colourMode: i32;
  /** Samples of luminance that an MCU is wide and high. */
  mcuWidth: i32;
  mcuHeight: i32;
  mcuColumns: i32;
  /** Of the whole picture; the job's are those from firstRow to endRow. */
  mcuRows: i32;
  firstRow: i32;
  endRow: i32;
  blocksPerMcu: i32;
  /** Which batches are counted (count.ts); 0: none. */
  countingStep: i32;
  script: usize;
  edge: usize;
  blocks: usize;
  words: usize;
  /** The first row of levels of the MCU row at hand, and from one plane of it to the next (RGB3). */
  window: usize;
  windowPlane: usize;
  /** Where rows are scaled to, and how many rows of MCUs at a time. */
  levels: usize;
  scaledRows: i32;
  /** The strip: bytes from row to row, and the first row, of luminance and of chrominance. */
  stride: usize;
  chromaStride: usize;
  y: usize;
  cb: usize;
  cr: usize;
  /** Two rows of Cb, then two of Cr, each `stride` long, before downsampling. */
  fullChroma: usize;
}

/** Bytes of workspace: grows with the width, never with the height. */
export function workspaceBytes(width: i32, colourMode: i32, subsampling: i32): usize {
  const high = <usize>mcuHeightOf(colourMode, subsampling);
  const levels = toNext16(levelsOf(width, colourMode, high) * <usize>scaledRowsOf(width, colourMode, high));
  if (isGrey(colourMode)) return LEVELS + levels;
  const wide = mcuWidthOf(colourMode, subsampling);
  const columns = <usize>mcusAlong(width, wide);
  // Y; 8 rows of Cb and of Cr; 2 full rows of each
  return LEVELS + levels + columns * (<usize>wide * high + 16 * 8 + <usize>wide * 4);
}

/** Levels of one row of MCUs. */
function levelsOf(width: i32, colourMode: i32, high: usize): usize {
  return <usize>width * high * (isGrey(colourMode) ? 1 : 3);
}

/** How many rows of MCUs are scaled at a time. */
function scaledRowsOf(width: i32, colourMode: i32, high: usize): i32 {
  return <i32>max(SCALED_BYTES / max<usize>(levelsOf(width, colourMode, high), 1), 1);
}

function toNext16(bytes: usize): usize {
  return (bytes + 15) & ~15;
}

/** Lays the workspace out for a job that has been checked. */
export function makePlan(job: Job): Plan {
  const workspace = <usize>job.workspace;
  const plan = changetype<Plan>(workspace);
  plan.width = job.width;
  plan.height = job.height;
  plan.colourMode = job.colourMode;
  plan.mcuWidth = mcuWidthOf(job.colourMode, job.subsampling);
  plan.mcuHeight = mcuHeightOf(job.colourMode, job.subsampling);
  plan.mcuColumns = mcusAlong(job.width, plan.mcuWidth);
  plan.mcuRows = mcusAlong(job.height, plan.mcuHeight);
  plan.firstRow = job.firstRow;
  plan.endRow = job.endRow == 0 ? plan.mcuRows : job.endRow;
  plan.blocksPerMcu = blocksPerMcuOf(job.colourMode, job.subsampling);
  const batches = mcusAlong(plan.mcuColumns, BATCH_BLOCKS / plan.blocksPerMcu);
  plan.countingStep = job.counts == 0 ? 0 : countingStep(batches, plan.mcuRows);
  plan.script = workspace + SCRIPT;
  plan.edge = workspace + EDGE;
  plan.blocks = workspace + BLOCKS;
  plan.words = workspace + WORDS;
  plan.levels = workspace + LEVELS;
  layStrip(plan);
  resetBits(bitState(plan));
  makeTables(plan, job);
  writeScript(plan);
  return plan;
}

function layStrip(plan: Plan): void {
  const high = <usize>plan.mcuHeight;
  plan.scaledRows = scaledRowsOf(plan.width, plan.colourMode, high);
  plan.stride = <usize>plan.mcuColumns * <usize>plan.mcuWidth;
  plan.chromaStride = <usize>plan.mcuColumns * 8;
  plan.y = plan.levels + toNext16(levelsOf(plan.width, plan.colourMode, high) * <usize>plan.scaledRows);
  plan.cb = plan.y + high * plan.stride;
  plan.cr = plan.cb + 8 * plan.chromaStride;
  plan.fullChroma = plan.cr + 8 * plan.chromaStride;
}

function makeTables(plan: Plan, job: Job): void {
  scaleQuantisation(LUMINANCE_QUANTISATION, job.quality, steps(plan, 0));
  scaleQuantisation(CHROMINANCE_QUANTISATION, job.quality, steps(plan, 1));
  for (let i = 0; i < 3; i++) {
    const table = min(i, 1);
    const component = componentOf(plan, i);
    component.prediction = 0;
    component.codes = codesOf(plan, job, table, i < 2);
    component.counts = job.counts == 0 ? 0 : <usize>job.counts + <usize>table * COUNTS_BYTES;
    component.divisors = changetype<usize>(plan) + DIVISORS + <usize>table * DIVISOR_BYTES;
    makeDivisors(steps(plan, table), component.divisors);
  }
}

/** The standard's codes, or the host's, made into the workspace once for each table. */
function codesOf(plan: Plan, job: Job, table: i32, make: bool): usize {
  if (job.huffman == 0) return table == 0 ? LUMINANCE_CODES : CHROMINANCE_CODES;
  const codes = changetype<usize>(plan) + CODES + <usize>table * <usize>CODES_BYTES;
  if (!make || (table == 1 && isGrey(plan.colourMode))) return codes;
  const specification = <usize>job.huffman + <usize>table * 2 * SPECIFICATION_BYTES;
  return makeCodes(codes, specification, specification + SPECIFICATION_BYTES);
}

/** Forgets what the entropy coder knows, as at the start of a scan and after a restart marker (T.81 E.1.4). */
export function resetPredictions(plan: Plan): void {
  for (let i = 0; i < 3; i++) componentOf(plan, i).prediction = 0;
}

/** Y, or Y Cb Cr, or Y Y Cb Cr, or Y Y Y Y Cb Cr. */
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
