import { join } from "node:path";

const root = join(import.meta.dir, "../..");

/** How a run of the tool ended. */
export interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** Starts the tool with these words; of EPICS's variables it sees those given and no broadcast. */
export function startPva(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith("EPICS_"));
  return Bun.spawn([process.execPath, "scripts/pva.ts", ...words], {
    cwd: root,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { ...Object.fromEntries(others), EPICS_PVA_AUTO_ADDR_LIST: "NO", ...env },
  });
}

/** Runs it to its end. */
export async function runPva(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = startPva(words, env);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { out, err, code };
}
