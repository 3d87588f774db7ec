/**
 * The baseline JPEG encoder: samples in, a whole JFIF file out, byte for byte what libjpeg writes with its accurate
 * integer DCT and standard Huffman tables. The picture is taken by rows of MCUs, and these by batches that fit the
 * first-level cache:
 *
 *     source → [scale → levels] → [colour: ycc, downsample → strip] → fdct → quantize → zigzag → blocks
 *            → [count] → coder → words → stuffing → output
 */
import { Result } from "../abi";
import { JPEG_JOB } from "../memory";
import { FULL, resetBits, stuffRest, stuffWords } from "./bits";
import { BLOCK_BITS_BYTES_MAX, codeBlocks } from "./coder";
import { COUNTS_BYTES, countSymbols } from "./count";
import { Job, checkJob } from "./job";
import {
  EOI_BYTES,
  RESTART_BYTES,
  RESTART_INTERVAL_BYTES,
  headerBytes,
  tablesBytes,
  writeEnd,
  writeHeader,
  writeRestart,
} from "./markers";
import { makeFull, makeGrey, makeHalved, makeSubsampled } from "./mcu";
import { BATCH_BLOCKS, Plan, bitState, makePlan, resetPredictions, steps, workspaceBytes } from "./plan";
import { countBlocks, isGrey, mcuHeightOf, mcusAlong } from "./sampling";
import { fillStrip } from "./strip";
import { openWindow } from "./window";

/** Address of the job block; its words are in job.ts. */
export function jpegJobAddress(): usize {
  return JPEG_JOB;
}

/** Bytes of workspace that a job of this width and kind needs. Arguments as in the job block. */
export function jpegWorkspaceBytes(width: i32, colourMode: i32, subsampling: i32): usize {
  return workspaceBytes(width, colourMode, subsampling);
}

/**
 * Bytes that no file of this size and kind can pass, its comment left out: every coefficient with the longest code, every
 * byte stuffed. An f64 because it can be more than 32 bits say. Noise at quality 100 reaches a quarter of it; most
 * pictures, not a tenth.
 */
export function jpegBoundBytes(width: i32, height: i32, colourMode: i32, subsampling: i32): f64 {
  const blocks = countBlocks(width, height, colourMode, subsampling);
  const rows = <u64>mcusAlong(height, mcuHeightOf(colourMode, subsampling));
  const lastByte: u64 = 2;
  const header = tablesBytes(isGrey(colourMode)) + RESTART_INTERVAL_BYTES;
  const ends = rows * (lastByte + RESTART_BYTES) + EOI_BYTES;
  return <f64>(header + ends + blocks * 2 * BLOCK_BITS_BYTES_MAX);
}

/** Carries out the job block. Returns the bytes written at its output, or a negative Result. */
export function encodeJpeg(): i32 {
  const job = changetype<Job>(JPEG_JOB);
  const verdict = checkJob(job);
  if (verdict != Result.OK) return verdict;
  const plan = makePlan(job);
  if (job.counts != 0) memory.fill(job.counts, 0, 2 * COUNTS_BYTES);
  const output = <usize>job.output;
  // the result is an i32
  const outputEnd = output + min<u32>(job.capacity, i32.MAX_VALUE);
  let at = output;
  if (plan.firstRow == 0) {
    if (outputEnd - output < headerBytes(job)) return Result.OUTPUT_FULL;
    at = writeHeader(output, job, steps(plan, 0), steps(plan, 1));
  }
  for (let mcuRow = plan.firstRow; mcuRow < plan.endRow; mcuRow++) {
    const opened = openWindow(plan, job, mcuRow);
    if (opened != Result.OK) return opened;
    at = encodeRow(plan, mcuRow, at, outputEnd);
    if (at != FULL) at = endRow(plan, job, mcuRow, at, outputEnd);
    if (at == FULL) return Result.OUTPUT_FULL;
  }
  return <i32>(at - output);
}

/** One row of MCUs; returns the first byte after it, or FULL. */
function encodeRow(plan: Plan, mcuRow: i32, at: usize, outputEnd: usize): usize {
  const state = bitState(plan);
  const script = plan.script;
  const scriptEnd = script + <usize>plan.blocksPerMcu * 4;
  const batch = BATCH_BLOCKS / plan.blocksPerMcu;
  if (plan.blocksPerMcu > 1) fillStrip(plan, mcuRow);
  let index = mcuRow;
  for (let first = 0; first < plan.mcuColumns; first += batch) {
    const count = min(batch, plan.mcuColumns - first);
    makeBlocks(plan, mcuRow, first, count);
    if (plan.countingStep > 0 && index % plan.countingStep == 0) {
      countSymbols(plan.blocks, count * plan.blocksPerMcu, script, scriptEnd);
    }
    index++;
    state.words = plan.words;
    codeBlocks(plan.blocks, count * plan.blocksPerMcu, script, scriptEnd, state);
    at = stuffWords(plan.words, state.words, at, outputEnd);
    if (at == FULL) return FULL;
  }
  return at;
}

/** What follows a row of MCUs: EOI after the last, a restart marker after others if there are such, or nothing. */
function endRow(plan: Plan, job: Job, mcuRow: i32, at: usize, outputEnd: usize): usize {
  const last = mcuRow + 1 == plan.mcuRows;
  if (!last && job.restart == 0) return at;
  at = stuffRest(bitState(plan), at, outputEnd);
  if (at == FULL || outputEnd - at < max(EOI_BYTES, RESTART_BYTES)) return FULL;
  if (last) return writeEnd(at);
  resetBits(bitState(plan));
  resetPredictions(plan);
  return writeRestart(at, mcuRow);
}

function makeBlocks(plan: Plan, mcuRow: i32, first: i32, count: i32): void {
  if (plan.blocksPerMcu == 1) makeGrey(plan, mcuRow, first, count);
  else if (plan.blocksPerMcu == 3) makeFull(plan, first, count);
  else if (plan.blocksPerMcu == 4) makeHalved(plan, first, count);
  else makeSubsampled(plan, mcuRow, first, count);
}
