/** The free space of the core's memory, laid out anew for every job: regions one after the other, grown as needed. */
import { CoreError } from "./errors.ts";

const PAGE = 65536;

/** Regions start on a cache line; more than any kernel asks for. */
const ALIGNMENT = 64;

/** Addresses are 32-bit; the last page is left out so that the end of a region is one too. */
const LARGEST = PAGE * 65535;

/** Hands out regions of one instance's memory. A region lives until the next {@link startJob}. */
export class JobMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #limit: number;
  #end: number;

  /**
   * @param start first byte that belongs to the host
   * @param limit the most bytes the whole memory may have
   */
  constructor(memory: WebAssembly.Memory, start: number, limit: number) {
    this.#memory = memory;
    this.#start = start;
    this.#limit = Math.min(limit, LARGEST);
    this.#end = start;
  }

  /** Bytes up to the end of the last region: what the job needs, or the last one did. */
  get used(): number {
    return this.#end;
  }

  /** Forgets all regions. The memory keeps its size: WebAssembly cannot give it back. */
  startJob(): void {
    this.#end = this.#start;
  }

  /**
   * A new region after all others; its bytes are whatever lay there.
   *
   * @returns its address, a multiple of 64
   * @throws CoreError out-of-memory
   */
  take(bytes: number): number {
    const address = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    this.resizeLast(address, bytes);
    return address;
  }

  /** Makes the region that was taken last longer or shorter. */
  resizeLast(address: number, bytes: number): void {
    this.#reach(address + bytes);
    this.#end = address + bytes;
  }

  /**
   * Makes the region that was taken last as long as the memory is already, `most` bytes at most.
   *
   * @returns its bytes now
   */
  stretchLast(address: number, most: number): number {
    const bytes = Math.min(most, this.#memory.buffer.byteLength - address);
    this.resizeLast(address, bytes);
    return bytes;
  }

  /** Bytes of a region. Any growth makes older views unusable: take views after the last region. */
  view(address: number, bytes: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, address, bytes);
  }

  /** The same bytes for reading and writing numbers. */
  words(address: number, bytes: number): DataView {
    return new DataView(this.#memory.buffer, address, bytes);
  }

  #reach(end: number): void {
    const have = this.#memory.buffer.byteLength;
    if (end <= have) return;
    if (end > this.#limit) throw outOfMemory(end, this.#limit);
    const pages = Math.ceil((end - have) / PAGE);
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      throw new CoreError("out-of-memory", `the engine gives no ${end} bytes of memory`, {
        have,
        need: end,
        cause,
      });
    }
  }
}

function outOfMemory(need: number, limit: number): CoreError {
  const message = `this picture needs ${need} bytes of core memory, the limit is ${limit}`;
  return new CoreError("out-of-memory", message, { have: limit, need });
}
