/**
 * Everything that can be said about the code without running it: format, lint, types, the corridor, unused exports.
 * Each step prints its own findings; all of them run, so that one look shows everything there is to mend.
 */
const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
  { name: "lint", command: ["eslint", "--config", ".eslint.config.js", "--max-warnings", "0", "."] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "corridor", command: ["depcruise", "server", "wasm", "scripts", "tests", "--output-type", "err"] },
  // Types that describe what an exported function takes belong to its door, used by name or not; values must be used.
  { name: "unused exports and dependencies", command: ["knip", "--no-progress", "--exclude", "types"] },
];

/** Runs every step; the names of those that found something. */
export async function check(): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, command } of steps) {
    const started = performance.now();
    const child = Bun.spawn(["node", `node_modules/.bin/${command[0]}`, ...command.slice(1)], {
      stdout: "inherit",
      stderr: "inherit",
    });
    const code = await child.exited;
    console.log(
      `${code === 0 ? "ok    " : "FAILED"} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
    );
    if (code !== 0) failed.push(name);
  }
  return failed;
}

if (import.meta.main) {
  const failed = await check();
  if (failed.length > 0) console.error(`check failed: ${failed.join(", ")}`);
  process.exit(failed.length === 0 ? 0 : 1);
}
