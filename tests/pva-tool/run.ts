import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** How a run of the tool ended. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Runs the tool with these words; of EPICS's variables it sees those given and no broadcast. */
export async function runPva(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("EPICS_"));
  const child = Bun.spawn([process.execPath, "scripts/pva.ts", ...words], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
    env: { ...Object.fromEntries(others), EPICS_PVA_AUTO_ADDR_LIST: "NO", ...env },
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}
