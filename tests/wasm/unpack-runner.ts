/** Unpacks payloads in a memory whose regions are fenced, so that whoever writes or reads beside them is caught. */
import { inflateSync, zstdDecompressSync } from "node:zlib";
import type { CoreExports } from "../../wasm/core/abi.ts";
import type { Inflaters } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";
import { unpack } from "../../wasm/core/unpack.ts";
import type { Unpacking } from "../../wasm/core/unpack.ts";

const PAGE = 65536;
const ALIGNMENT = 64;
const FENCE = 64;

/** Enough for every test; the memory does not grow after, so its edge stays where it is. */
const MEMORY_BYTES = 8 * 2 ** 20;

/** Bun's own decoders, bounded by the size they are given. */
export const INFLATERS: Required<Inflaters> = {
  zlib: (bytes, size) => inflateSync(bytes, { maxOutputLength: size }),
  zstd: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }),
};

/**
 * A fence before and behind every region that no one may write to. One region, counted from 0, can be made to end where
 * the memory ends, so that reading a byte beyond it is a trap.
 */
export class FencedMemory extends JobMemory {
  /** Bytes of all regions since the job began. */
  taken = 0;
  /** What fences and new regions hold. */
  fill = 0xa5;
  atEdge: number | undefined;
  readonly #memory: WebAssembly.Memory;
  readonly #fences: { readonly from: number; readonly to: number }[] = [];
  #count = 0;

  constructor({ memory, freeStart }: CoreExports) {
    const missing = MEMORY_BYTES - memory.buffer.byteLength;
    if (missing > 0) memory.grow(missing / PAGE);
    super(memory, freeStart() >>> 0, MEMORY_BYTES);
    this.#memory = memory;
  }

  override startJob(): void {
    super.startJob();
    this.taken = 0;
    this.#count = 0;
    this.#fences.length = 0;
    const first = super.take(FENCE);
    this.#fence(first, first + FENCE);
  }

  override take(bytes: number): number {
    this.taken += bytes;
    if (this.#count++ === this.atEdge) {
      const address = MEMORY_BYTES - bytes;
      this.view(address, bytes).fill(this.fill);
      this.#fence(address - FENCE, address);
      return address;
    }
    const room = Math.ceil((bytes + FENCE) / ALIGNMENT) * ALIGNMENT;
    const address = super.take(room);
    this.view(address, bytes).fill(this.fill);
    this.#fence(address + bytes, address + room);
    return address;
  }

  /** Whether every byte of every fence is as it was laid. */
  get intact(): boolean {
    return this.#fences.every(({ from, to }) =>
      new Uint8Array(this.#memory.buffer, from, to - from).every((byte) => byte === this.fill),
    );
  }

  #fence(from: number, to: number): void {
    this.view(from, to - from).fill(this.fill);
    this.#fences.push({ from, to });
  }
}

/** What a payload is to become. */
export type Wish = Pick<Unpacking, "codec" | "decodedBytes" | "bytesPerSample" | "inflaters">;

/** One instance that unpacks payload after payload. */
export class UnpackBench {
  readonly exports: CoreExports;
  readonly memory: FencedMemory;

  constructor(exports: CoreExports) {
    this.exports = exports;
    this.memory = new FencedMemory(exports);
  }

  static async of(build: CoreBuild): Promise<UnpackBench> {
    return new UnpackBench(await instantiate(build));
  }

  /** A view of what it became, valid until the next call; throws what unpack() throws. */
  run(payload: Uint8Array, wish: Wish): Uint8Array {
    const { exports, memory } = this;
    memory.startJob();
    const packed = { address: memory.take(payload.byteLength), bytes: payload.byteLength };
    memory.view(packed.address, packed.bytes).set(payload);
    const region = unpack({ exports, memory, packed, inflaters: INFLATERS, ...wish });
    return memory.view(region.address, region.bytes);
  }
}
