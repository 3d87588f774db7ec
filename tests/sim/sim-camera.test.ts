import { afterEach, expect, test } from "bun:test";
import { PvaClient } from "../../server/pva/index.ts";

const SCRIPT = new URL("../../scripts/sim-camera.ts", import.meta.url).pathname;

let running: Bun.Subprocess<"ignore", "pipe", "pipe"> | undefined;

afterEach(async () => {
  running?.kill("SIGKILL");
  await running?.exited;
  running = undefined;
});

function run(...flags: string[]): Bun.Subprocess<"ignore", "pipe", "pipe"> {
  running = Bun.spawn([process.execPath, SCRIPT, ...flags], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  return running;
}

/** Standard output up to where `pattern` matches. */
async function outputUntil(
  pattern: RegExp,
  child: Bun.Subprocess<"ignore", "pipe", "pipe">,
): Promise<RegExpExecArray> {
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    const match = pattern.exec(output);
    if (match !== null) return match;
  }
  throw new Error(`ended without it: ${output}`);
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "serves cameras where it says, and ends cleanly on %s",
  async (signal) => {
    const child = run("--port", "0", "--search-port", "0");
    const [, host, port] = await outputUntil(/EPICS_PVA_NAME_SERVERS=([\d.]+):(\d+)\s/, child);
    const client = new PvaClient({
      autoAddressList: false,
      nameServers: [{ host: host!, port: Number(port) }],
    });
    const value = await client.get("SIM:noise:32x32", { timeoutMs: 3000 });
    expect(value.field("uniqueId")).toBe(1);
    child.kill(signal);
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stderr).text()).not.toContain("rror");
    await client.close();
  },
);

test("explains itself", async () => {
  const child = run("--help");
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  for (const word of ["--port", "--host", "--search-port", "SIM:<pattern>[:WxH]", "SIM:beam"])
    expect(text).toContain(word);
});

test.each([["--port 70000"], ["--log-level loud"], ["--colour"]])("refuses %s", async (line) => {
  const flags = line.split(" ");
  const child = run(...flags);
  expect(await child.exited).toBe(1);
  expect(await new Response(child.stderr).text()).toContain(flags[0]!);
});

test("says why it cannot start", async () => {
  const hog = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const child = run("--port", String(hog.port), "--no-search-port");
  expect(await child.exited).toBe(1);
  expect(await new Response(child.stderr).text()).toContain(`127.0.0.1:${hog.port}: the port is in use`);
  hog.stop(true);
});
