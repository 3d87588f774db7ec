/** Stage: finished samples of 8 or 16 bits turned and resized. */
import { PLANE_JOB_WORDS, TURN } from "./abi.ts";
import { accept } from "./engine.ts";
import type { Engine, Samples } from "./engine.ts";
import { CoreError } from "./errors.ts";
import { bytesPerSample, samplesPerPixel } from "./frame.ts";
import type { Size } from "./turn.ts";

type PlaneKernel = "orient" | "resizeArea" | "resizeNearest";

/** Rows of pixels somewhere in a picture; three of them for rgb2 and rgb3. */
interface Plane {
  readonly address: number;
  readonly stride: number;
}

/**
 * The picture turned, then resized to `size`: by the mean of areas where it shrinks, by the nearest pixel where it
 * grows. What shrinks is resized first, for which the result is the same and the turning less.
 *
 * @param samples of 1 or 2 bytes each
 * @param turn bits of TURN
 * @throws CoreError out-of-memory, too-large
 */
export function arrange(engine: Engine, samples: Samples, turn: number, size: Size): Samples {
  const across = (turn & TURN.transpose) !== 0;
  const [width, height] = across ? [size.height, size.width] : [size.width, size.height];
  const least = { width: Math.min(width, samples.width), height: Math.min(height, samples.height) };
  const smaller = resized(engine, samples, least, "resizeArea");
  const turned = turn === 0 ? smaller : turnedBy(engine, smaller, turn);
  return resized(engine, turned, size, "resizeNearest");
}

function turnedBy(engine: Engine, samples: Samples, turn: number): Samples {
  const { width, height } = samples;
  const sizes = (turn & TURN.transpose) === 0 ? { width, height } : { width: height, height: width };
  return run(engine, "orient", samples, sizes, turn);
}

function resized(
  engine: Engine,
  samples: Samples,
  size: { readonly width: number; readonly height: number },
  name: "resizeArea" | "resizeNearest",
): Samples {
  const { width, height } = size;
  if (width === samples.width && height === samples.height) return samples;
  return run(engine, name, samples, { width, height }, 0);
}

function run(
  engine: Engine,
  name: PlaneKernel,
  from: Samples,
  size: { readonly width: number; readonly height: number },
  turn: number,
): Samples {
  const { memory } = engine;
  const samples = size.width * size.height * samplesPerPixel(from.colourMode);
  const address = memory.take(samples * bytesPerSample(from.sampleType));
  const to = { ...from, ...size, address };
  runPlanes(engine, { name, from, to, size, turn, workspace: workspaceFor(engine, name, from) });
  return to;
}

/** A region for the sums of {@link runPlanes}, where the kernel makes any. */
export function workspaceFor({ exports, memory }: Engine, name: PlaneKernel, from: Samples): number {
  return name === "resizeArea" ? memory.take(exports.resizeWorkspaceBytes(from.width, channelsOf(from))) : 0;
}

/** One call of a kernel for each plane of a picture. */
export interface PlaneWork {
  readonly name: PlaneKernel;
  readonly from: Samples;
  /** The whole target picture, of which `size` is written from `firstRow` on. */
  readonly to: Samples;
  readonly firstRow?: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly turn: number;
  readonly workspace: number;
}

/** Fills in the plane job for each plane and runs it. */
export function runPlanes({ exports, memory }: Engine, work: PlaneWork): void {
  const { name, from, to, firstRow = 0, size, turn, workspace } = work;
  const sampleBytes = bytesPerSample(from.sampleType);
  checkSums(name, from, sampleBytes);
  const targets = planesOf(to);
  const block = memory.words(exports.planeJobAddress() >>> 0, 4 * PLANE_JOB_WORDS.length);
  planesOf(from).forEach((plane, index) => {
    const target = targets[index]!;
    const words = {
      source: plane.address,
      sourceStride: plane.stride,
      width: from.width,
      height: from.height,
      target: target.address + firstRow * target.stride,
      targetStride: target.stride,
      targetWidth: size.width,
      targetHeight: size.height,
      sampleBytes,
      channels: channelsOf(from),
      turn,
      workspace,
    };
    PLANE_JOB_WORDS.forEach((word, at) => {
      block.setUint32(4 * at, words[word], true);
    });
    accept(exports[name](), name);
  });
}

function channelsOf({ colourMode }: Samples): 1 | 3 {
  return colourMode === "rgb1" ? 3 : 1;
}

function planesOf({ address, width, height, sampleType, colourMode }: Samples): readonly Plane[] {
  const row = width * bytesPerSample(sampleType);
  switch (colourMode) {
    case "mono":
      return [{ address, stride: row }];
    case "rgb1":
      return [{ address, stride: 3 * row }];
    case "rgb2":
      return [0, 1, 2].map((colour) => ({ address: address + colour * row, stride: 3 * row }));
    case "rgb3":
      return [0, 1, 2].map((colour) => ({ address: address + colour * row * height, stride: row }));
  }
}

/** The sum of a column has to fit into 32 bits. */
function checkSums(name: string, { height }: Samples, bytes: number): void {
  const most = Math.floor((2 ** 32 - 1) / (2 ** (8 * bytes) - 1));
  if (name !== "resizeArea" || height <= most) return;
  const message = `areas are averaged over at most ${most} rows of ${8 * bytes} bits, this picture has ${height}`;
  throw new CoreError("too-large", message, { have: height, need: most });
}
