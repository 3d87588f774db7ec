// Runs after `npm ci` under plain Node: makes sure Bun is usable, then builds the WebAssembly core with it.
//
// Bun comes as the npm package `bun`, whose own install script only puts the platform's binary (already downloaded as
// an optional dependency) in place. npm may block install scripts of dependencies, so that step is done here if needed.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The Bun that the scripts of this package will find first, or undefined where none works. */
function workingBun() {
  const local = join(root, "node_modules", ".bin", process.platform === "win32" ? "bun.exe" : "bun");
  return [local, "bun"].find((bun) => spawnSync(bun, ["--version"]).status === 0);
}

if (workingBun() === undefined) {
  const installer = join(dirname(createRequire(import.meta.url).resolve("bun/package.json")), "install.js");
  if (existsSync(installer)) run(process.execPath, [installer]);
}
const bun = workingBun();
if (bun === undefined) {
  console.error("pva-to-video: no working Bun in node_modules; run `npm ci` without --omit=optional");
  process.exit(1);
}
run(bun, [join("scripts", "build-wasm.ts")]);
