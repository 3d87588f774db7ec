/** Finds, compiles and checks the module. The same files serve Bun, workers and browsers. */
import { ABI_VERSION } from "./abi.ts";
import type { CoreExports } from "./abi.ts";
import { CoreError } from "./errors.ts";

/** Which of the two builds: same results, SIMD is several times faster. */
export type CoreBuild = "simd" | "scalar";

/** A function that returns a v128: valid exactly where SIMD is. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
]);

/** The best build for this engine. */
export function supportedBuild(): CoreBuild {
  return WebAssembly.validate(SIMD_PROBE) ? "simd" : "scalar";
}

/** Where wasm/build lies next to this file, as an address for `fetch`. */
export function buildUrl(build: CoreBuild): URL {
  return new URL(`../build/core.${build}.wasm`, import.meta.url);
}

/**
 * One fresh instance with its own memory.
 *
 * @param wanted the build, or undefined for {@link supportedBuild}
 * @param bytes the module, where the caller has it already; else it is fetched from {@link buildUrl}
 * @throws CoreError load-failed, abi-mismatch, wrong-build
 */
export async function instantiate(wanted?: CoreBuild, bytes?: BufferSource): Promise<CoreExports> {
  const exports = await compile(bytes ?? (await fetchBuild(wanted ?? supportedBuild())));
  if (typeof exports.abiVersion !== "function") {
    throw new CoreError("abi-mismatch", "this WebAssembly module is not the core: it exports no abiVersion");
  }
  const version = exports.abiVersion();
  if (version !== ABI_VERSION) {
    const message = `the core is of ABI version ${version}, this host speaks ${ABI_VERSION}: build it anew`;
    throw new CoreError("abi-mismatch", message, { have: version, need: ABI_VERSION });
  }
  const build = buildOf(exports);
  if (wanted !== undefined && build !== wanted) {
    throw new CoreError("wrong-build", `the module is the ${build} build, ${wanted} was asked for`);
  }
  return exports;
}

/** Which build an instance is, by its own word. */
export function buildOf(exports: CoreExports): CoreBuild {
  return exports.usesSimd() === 1 ? "simd" : "scalar";
}

async function compile(bytes: BufferSource): Promise<CoreExports> {
  try {
    const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), {});
    // The ABI version is checked before anything else is called; it stands for the names and signatures.
    return instance.exports as unknown as CoreExports;
  } catch (cause) {
    throw new CoreError("load-failed", "the core does not compile here", { cause });
  }
}

async function fetchBuild(build: CoreBuild): Promise<ArrayBuffer> {
  const url = buildUrl(build);
  const hint = "run `bun scripts/build-wasm.ts`, or hand the bytes in";
  try {
    const response = await fetch(url);
    if (response.ok) return await response.arrayBuffer();
    throw new CoreError("load-failed", `${url.href} answered ${response.status}: ${hint}`);
  } catch (cause) {
    if (cause instanceof CoreError) throw cause;
    throw new CoreError("load-failed", `${url.href} could not be read: ${hint}`, { cause });
  }
}
