/**
 * Builds wasm/build/core.simd.wasm and core.scalar.wasm from wasm/assembly with the options of asconfig.json, both at
 * once, and prints their sizes. Exit code 1 if either fails.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const compiler = join(root, "node_modules/assemblyscript/bin/asc.js");

async function build(target: "simd" | "scalar"): Promise<boolean> {
  const started = performance.now();
  // The running Bun executes the compiler too: no Node is needed, and PATH is not asked.
  const run = Bun.spawn(
    [process.execPath, compiler, "--config", "asconfig.json", "--target", target, "--noColors"],
    { cwd: root, stdout: "inherit", stderr: "inherit" },
  );
  if ((await run.exited) !== 0) return false;
  const file = `wasm/build/core.${target}.wasm`;
  const milliseconds = Math.round(performance.now() - started);
  console.log(`${file}  ${statSync(join(root, file)).size} bytes  ${milliseconds} ms`);
  return true;
}

mkdirSync(join(root, "wasm/build"), { recursive: true });
const built = await Promise.all([build("simd"), build("scalar")]);
if (built.includes(false)) process.exit(1);
