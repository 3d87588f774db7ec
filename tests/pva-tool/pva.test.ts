import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ntScalar, ntScalarArray, PvaServer, SharedPv } from "../../server/pva/index.ts";
import { type Outcome, runPva, startPva } from "./run.ts";

const temperature: SharedPv = new SharedPv(ntScalar("double"), {
  initial: { value: 1.5 },
  onPut: (value, changed) => temperature.post(value, changed),
});
const wave = new SharedPv(ntScalarArray("int"), {
  initial: { value: Array.from({ length: 20 }, (_, i) => i) },
});
let server: PvaServer;

beforeAll(async () => {
  const pvs = new Map([
    ["T", temperature],
    ["W", wave],
  ]);
  server = await PvaServer.listen({ port: 0, provider: (name) => pvs.get(name), names: () => pvs.keys() });
});
afterAll(async () => await server.close());

function address(): string {
  return `127.0.0.1:${server.address.port}`;
}

/** The tool, asking our server alone. */
function pva(...words: readonly string[]): Promise<Outcome> {
  return runPva(["--server", address(), "--timeout", "2", ...words]);
}

describe("the command line tool", () => {
  test("prints values, arrays shortened", async () => {
    const { out, err, code } = await pva("get", "T", "W");
    expect(out).toMatch(/^T {2}.*1\.5$/m);
    expect(out).toMatch(/^W {2}.*\[0, 1, 2, 3, 4, 5, 6, 7, … 20 elements\]$/m);
    expect([err, code]).toEqual(["", 0]);
  });

  test("prints every field if asked to", async () => {
    const { out } = await pva("get", "-v", "T");
    expect(out).toContain("  value 1.5\n");
    expect(out).toContain("  alarm.severity 0\n");
  });

  test("prints types as a tree", async () => {
    const { out } = await pva("info", "T");
    expect(out).toStartWith("T\n  epics:nt/NTScalar:1.0\n      double value\n");
  });

  test("prints updates, as many as wanted", async () => {
    const { out, code } = await pva("monitor", "-n", "1", "T");
    expect(out).toMatch(/^T {2}.*1\.5\n$/);
    expect(code).toBe(0);
  });

  test("does not wait for ever for a count of updates that do not come", async () => {
    const { out, err, code } = await pva("-w", "0.3", "monitor", "-n", "1", "NOBODY", "T");
    expect(out).toMatch(/^T {2}.*1\.5\n$/);
    expect(err).toContain("NOBODY: no update within 0.3 s");
    expect(code).toBe(1);
  });

  test("says that it still waits, goes on, and ends when it is interrupted", async () => {
    const running = startPva(["--server", address(), "-w", "0.2", "monitor", "NOBODY"]);
    const reader = running.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let told = "";
    while (!told.includes("no update within 0.2 s")) told += String((await reader.read()).value);
    running.kill("SIGINT");
    expect(await running.exited).toBe(0);
  });

  test("ends when nobody reads what it prints", async () => {
    const running = startPva(["--server", address(), "monitor", "T"]);
    const reader = running.stdout.getReader();
    await reader.read();
    await reader.cancel();
    const ticking = setInterval(() => temperature.post({ value: 1.5 }, ["value"]), 5);
    expect(await running.exited).toBe(0);
    clearInterval(ticking);
  });

  test("watches many names without a word of its own", async () => {
    const names = Array.from({ length: 20 }, () => "T");
    const { err, code } = await pva("monitor", "-n", "1", ...names);
    expect([err, code]).toEqual(["", 0]);
  });

  test("lists the names of a server given either way, and says where there are none or no server is given", async () => {
    expect((await pva("list")).out).toBe("T\nW\n");
    expect((await runPva(["list", address()])).out).toBe("T\nW\n");
    const silent = await PvaServer.listen({ port: 0, provider: () => undefined });
    const where = `127.0.0.1:${silent.address.port}`;
    expect(await runPva(["list", where])).toEqual({
      out: "",
      err: `${where}: has no names to tell\n`,
      code: 0,
    });
    await silent.close();
    expect(await runPva(["list"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("which server?") as string,
    });
  });

  test("says what is wrong with one name, prints the others, and ends with 1", async () => {
    const { out, err, code } = await pva("get", "NOBODY", "T");
    expect(out).toContain("1.5");
    expect(err).toStartWith("NOBODY: no answer within 2000 ms");
    expect(code).toBe(1);
  });

  test("writes a value", async () => {
    expect(await pva("put", "T", "21.5")).toEqual({ out: "", err: "", code: 0 });
    expect(temperature.newest?.field("value")).toBe(21.5);
    temperature.post({ value: 1.5 }, ["value"]);
  });

  test("says which server does not list its channels, and why", async () => {
    const { err, code } = await pva("list", "127.0.0.1:1");
    expect(err).toContain("no answer within 2000 ms");
    expect(code).toBe(1);
  });

  test("does not write what is no number", async () => {
    const { err, code } = await pva("put", "T", "warm");
    expect(err).toContain('"warm" is not a number');
    expect(code).toBe(1);
  });
});
