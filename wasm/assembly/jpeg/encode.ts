/**
 * The baseline JPEG encoder: samples of 8 bits in, a whole JFIF file out, byte for byte what libjpeg writes with its
 * accurate integer DCT and standard Huffman tables. The picture is taken by rows of MCUs, and these by batches that fit
 * the first-level cache:
 *
 *     source → [colour: ycc, downsample → strip] → fdct → quantize → zigzag → blocks → coder → words → stuffing → output
 */
import { Result } from "../abi";
import { JPEG_JOB } from "../memory";
import { FULL, stuffRest, stuffWords } from "./bits";
import { BLOCK_BITS_BYTES_MAX, codeBlocks } from "./coder";
import { Job, checkJob } from "./job";
import { EOI_BYTES, headerBytes, writeEnd, writeHeader } from "./markers";
import { makeFull, makeGrey, makeSubsampled } from "./mcu";
import { BATCH_BLOCKS, Plan, bitState, countBlocks, isGrey, makePlan, steps, workspaceBytes } from "./plan";
import { fillStrip } from "./strip";

/** Address of the job block; its words are in job.ts. */
export function jpegJobAddress(): usize {
  return JPEG_JOB;
}

/** Bytes of workspace that a job of this width and kind needs. Arguments as in the job block. */
export function jpegWorkspaceBytes(width: i32, colourMode: i32, subsampling: i32): usize {
  return workspaceBytes(width, colourMode, subsampling);
}

/**
 * Bytes that no file of this size and kind can pass: every coefficient with the longest code, every byte stuffed. An f64
 * because it can be more than 32 bits say. Noise at quality 100 reaches a quarter of it; most pictures, not a tenth.
 */
export function jpegBoundBytes(width: i32, height: i32, colourMode: i32, subsampling: i32): f64 {
  const blocks = countBlocks(width, height, colourMode, subsampling);
  const lastByte: u64 = 2;
  const components = isGrey(colourMode) ? 1 : 3;
  return <f64>(headerBytes(components) + EOI_BYTES + lastByte + blocks * 2 * BLOCK_BITS_BYTES_MAX);
}

/** Carries out the job block. Returns the bytes written at its output, or a negative Result. */
export function encodeJpeg(): i32 {
  const job = changetype<Job>(JPEG_JOB);
  const verdict = checkJob(job);
  if (verdict != Result.OK) return verdict;
  const plan = makePlan(job);
  const output = <usize>job.output;
  // the result is an i32
  const outputEnd = output + min<u32>(job.capacity, i32.MAX_VALUE);
  const components = isGrey(plan.colourMode) ? 1 : 3;
  if (outputEnd - output < headerBytes(components)) return Result.OUTPUT_FULL;
  const sampling = plan.mcuSide == 16 ? 0x22 : 0x11;
  let at = writeHeader(output, plan.width, plan.height, components, sampling, steps(plan, 0), steps(plan, 1));
  for (let mcuRow = 0; mcuRow < plan.mcuRows; mcuRow++) {
    at = encodeRow(plan, mcuRow, at, outputEnd);
    if (at == FULL) return Result.OUTPUT_FULL;
  }
  at = stuffRest(bitState(plan), at, outputEnd);
  if (at == FULL || outputEnd - at < EOI_BYTES) return Result.OUTPUT_FULL;
  return <i32>(writeEnd(at) - output);
}

/** One row of MCUs; returns the first byte after it, or FULL. */
function encodeRow(plan: Plan, mcuRow: i32, at: usize, outputEnd: usize): usize {
  const state = bitState(plan);
  const script = plan.script;
  const scriptEnd = script + <usize>plan.blocksPerMcu * 4;
  const batch = BATCH_BLOCKS / plan.blocksPerMcu;
  if (plan.blocksPerMcu > 1) fillStrip(plan, mcuRow);
  for (let first = 0; first < plan.mcuColumns; first += batch) {
    const count = min(batch, plan.mcuColumns - first);
    makeBlocks(plan, mcuRow, first, count);
    state.words = plan.words;
    codeBlocks(plan.blocks, count * plan.blocksPerMcu, script, scriptEnd, state);
    at = stuffWords(plan.words, state.words, at, outputEnd);
    if (at == FULL) return FULL;
  }
  return at;
}

function makeBlocks(plan: Plan, mcuRow: i32, first: i32, count: i32): void {
  if (plan.blocksPerMcu == 1) makeGrey(plan, mcuRow, first, count);
  else if (plan.blocksPerMcu == 3) makeFull(plan, first, count);
  else makeSubsampled(plan, mcuRow, first, count);
}
