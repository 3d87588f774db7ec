import { describe, expect, test } from "bun:test";
import { ABI_VERSION } from "../../wasm/core/abi.ts";
import { Core, CoreError, supportedBuild } from "../../wasm/core/index.ts";
import { buildUrl, instantiate } from "../../wasm/core/module.ts";
import { BUILDS } from "./both-builds.ts";

async function faultOf(loading: Promise<unknown>): Promise<CoreError> {
  const fault: unknown = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (fault instanceof CoreError) return fault;
  throw new Error("no CoreError was thrown", { cause: fault });
}

/** A module that exports one function without parameters which answers `number` (0 to 63: one signed LEB128 byte). */
function answering(name: string, number: number): Uint8Array<ArrayBuffer> {
  const text = [...new TextEncoder().encode(name)];
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  const type = [1, 5, 1, 0x60, 0, 1, 0x7f];
  const functions = [3, 2, 1, 0];
  const exports = [7, text.length + 4, 1, text.length, ...text, 0, 0];
  const code = [10, 6, 1, 4, 0, 0x41, number, 0x0b];
  return new Uint8Array([...header, ...type, ...functions, ...exports, ...code]);
}

describe("the core's module", () => {
  test("is the SIMD build here, since this engine has SIMD", async () => {
    expect(supportedBuild()).toBe("simd");
    expect((await Core.load()).build).toBe("simd");
  });

  for (const build of BUILDS) {
    test(`is the ${build} build when that is asked for, from its file or from bytes`, async () => {
      expect((await Core.load({ build })).build).toBe(build);
      const bytes = await Bun.file(buildUrl(build)).arrayBuffer();
      expect((await Core.load({ bytes })).build).toBe(build);
      expect((await Core.load({ bytes: new Uint8Array(bytes), build })).build).toBe(build);
    });
  }

  test("is refused when the bytes are of the other build", async () => {
    const bytes = await Bun.file(buildUrl("scalar")).arrayBuffer();
    expect((await faultOf(Core.load({ bytes, build: "simd" }))).code).toBe("wrong-build");
  });

  test("is refused when its ABI version is another, with both versions", async () => {
    const fault = await faultOf(instantiate(undefined, answering("abiVersion", 63)));
    expect(fault).toMatchObject({ code: "abi-mismatch", have: 63, need: ABI_VERSION });
  });

  test("is refused when it is a module of something else", async () => {
    expect((await faultOf(instantiate(undefined, answering("main", 1)))).code).toBe("abi-mismatch");
  });

  test("is refused when it does not compile, with the cause", async () => {
    const fault = await faultOf(Core.load({ bytes: new Uint8Array([1, 2, 3]) }));
    expect(fault.code).toBe("load-failed");
    expect(fault.cause).toBeInstanceOf(WebAssembly.CompileError);
  });

  test("loads in a worker as it does here", async () => {
    const worker = new Worker(new URL("workers/load-core.ts", import.meta.url));
    try {
      const build = await new Promise((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
      expect(build).toBe("simd");
    } finally {
      worker.terminate();
    }
  });
});
