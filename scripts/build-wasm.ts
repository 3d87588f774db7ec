/**
 * Builds wasm/build/core.simd.wasm and core.scalar.wasm from wasm/assembly with the options of asconfig.json, both at
 * once, and prints their sizes. Exit code 1 if either fails.
 */
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const compiler = join(root, "node_modules/assemblyscript/bin/asc.js");

async function build(target: "simd" | "scalar"): Promise<boolean> {
  const started = performance.now();
  const file = `wasm/build/core.${target}.wasm`;
  // Written beside and renamed: whoever loads the core meanwhile finds the old file or the new one, never half of it.
  const unfinished = `wasm/build/unfinished-${process.pid}.${target}.wasm`;
  const options = ["--config", "asconfig.json", "--target", target, "--outFile", unfinished, "--noColors"];
  // The running Bun executes the compiler too: no Node is needed, and PATH is not asked.
  const run = Bun.spawn([process.execPath, compiler, ...options], {
    cwd: root,
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await run.exited) !== 0) {
    rmSync(join(root, unfinished), { force: true });
    return false;
  }
  renameSync(join(root, unfinished), join(root, file));
  const milliseconds = Math.round(performance.now() - started);
  console.log(`${file}  ${statSync(join(root, file)).size} bytes  ${milliseconds} ms`);
  return true;
}

mkdirSync(join(root, "wasm/build"), { recursive: true });
const built = await Promise.all([build("simd"), build("scalar")]);
if (built.includes(false)) process.exit(1);
