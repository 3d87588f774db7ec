/**
 * `npm run bench [-- NAME…]`: runs the benches of this folder by name, all of them without one. Figures are for
 * comparing within one run on one machine, so the first line says which machine that is.
 */
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { basename, join } from "node:path";

const names = readdirSync(import.meta.dir)
  .filter((file) => file.endsWith(".ts") && file !== "index.ts")
  .map((file) => basename(file, ".ts"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no bench named ${unknown.join(", ")}; there are: ${names.join(", ")}`);
  process.exit(2);
}

const cores = cpus();
console.log(
  `machine: ${cores.length} × ${cores[0]?.model ?? "unknown"}, ${process.platform}, Bun ${Bun.version}`,
);
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n== ${name}`);
  const bench = Bun.spawn([process.execPath, join(import.meta.dir, `${name}.ts`)], {
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await bench.exited) !== 0) process.exit(1);
}
