/** The raw exports of both builds, and guarded regions to run kernels on. */
import type { CoreExports } from "../../wasm/core/abi.ts";
import { instantiate } from "../../wasm/core/module.ts";
import type { CoreBuild } from "../../wasm/core/module.ts";

/** Every kernel test runs once for each. */
export const BUILDS: readonly CoreBuild[] = ["simd", "scalar"];

const GUARD = 64;
const GUARD_BYTE = 0xa5;

/** Regions in an instance's free space with guard bytes on both sides, which no kernel may touch. */
export class GuardedRegions {
  readonly exports: CoreExports;
  #end: number;
  readonly #guards: number[] = [];

  constructor(exports: CoreExports) {
    this.exports = exports;
    this.#end = exports.freeStart() >>> 0;
    this.#fence();
  }

  /** A fresh instance of a build. */
  static async of(build: CoreBuild): Promise<GuardedRegions> {
    return new GuardedRegions(await instantiate(build));
  }

  /** Puts bytes into a region of exactly their size that starts `odd` bytes past a guard; returns its address. */
  put(bytes: Uint8Array, odd = 0): number {
    const address = this.take(bytes.length, odd);
    this.bytes(address, bytes.length).set(bytes);
    return address;
  }

  /** A region of exactly `length` bytes, filled with a value that is no result. */
  take(length: number, odd = 0): number {
    const address = this.#end + odd;
    this.#end = address + length;
    this.#reach(this.#end + GUARD);
    this.bytes(address, length).fill(0x5a);
    this.#fence();
    return address;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, address, length);
  }

  /** How many guard bytes were overwritten since they were laid. */
  get damage(): number {
    return this.#guards.reduce(
      (sum, guard) =>
        sum + this.bytes(guard, GUARD).reduce((bad, byte) => bad + Number(byte !== GUARD_BYTE), 0),
      0,
    );
  }

  #fence(): void {
    this.#reach(this.#end + GUARD);
    this.bytes(this.#end, GUARD).fill(GUARD_BYTE);
    this.#guards.push(this.#end);
    this.#end += GUARD;
  }

  #reach(end: number): void {
    const missing = end - this.exports.memory.buffer.byteLength;
    if (missing > 0) this.exports.memory.grow(Math.ceil(missing / 65536));
  }
}
