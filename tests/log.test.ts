import { expect, test } from "bun:test";

/** What a program that logs one line of each level writes. */
async function written(
  threshold: string,
  options = {},
): Promise<{ readonly output: string; readonly errors: string[] }> {
  const program = `
    import { roomLog, startLogging, stopLogging } from "./server/log.ts";
    await startLogging(${JSON.stringify(threshold)}, ${JSON.stringify(options)});
    const log = roomLog("stream");
    for (const level of ["debug", "info", "warning", "error"]) log[level]("{level} of {pv}", { level, pv: "CAM\\nX" });
    await stopLogging();`;
  const run = Bun.spawn([process.execPath, "-e", program], {
    cwd: new URL("..", import.meta.url).pathname,
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(run.stdout).text(),
    new Response(run.stderr).text(),
  ]);
  return { output, errors: errors.split("\n").slice(0, -1) };
}

test("lines at or above the threshold go to standard error, with time, level and room, and none to standard output", async () => {
  const { output, errors } = await written("warning");
  expect(output).toBe("");
  expect(errors.join("\n")).toMatch(/^\d\d:\d\d:\d\d\.\d{3} \[WRN\] pva-to-video·stream: warning of CAM/u);
  expect(errors.join("\n")).toContain("[ERR] pva-to-video·stream: error of CAM ↵ X");
  expect(errors.join("\n")).not.toContain("info of");
});

test.each([
  ["debug", 4],
  ["info", 3],
  ["error", 1],
])("the threshold %s lets %d of the four levels pass, a line each", async (threshold, lines) => {
  expect((await written(threshold)).errors).toHaveLength(lines);
});

test("with json, each line is an object, and only its own", async () => {
  const { output, errors } = await written("info", { json: true });
  expect(output).toBe("");
  const lines = errors.map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { level: "info", room: "stream", message: "info of CAM\nX", properties: { pv: "CAM\nX" } },
    { level: "warning" },
    { level: "error" },
  ]);
});
