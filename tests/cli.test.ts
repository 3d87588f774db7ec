import { expect, test } from "bun:test";
import { VERSION } from "../server/config.ts";
import { Run } from "./support/run.ts";

test("--version prints the version and ends well", async () => {
  await using run = new Run(["--version"]);
  expect(await run.printed()).toBe(`${VERSION}\n`);
  expect(await run.exitCode).toBe(0);
});

test("--help prints the flags and ends well", async () => {
  await using run = new Run(["--help"]);
  expect(await run.printed()).toContain("--connect-timeout <seconds>");
  expect(await run.exitCode).toBe(0);
});

test.each([
  [["--prot", "1"], "--prot", "--port"],
  [["--port", "http"], '--port "http"', "0 to 65535"],
  [["--encoder", "best"], '--encoder "best"', "auto, fast or mozjpeg"],
])("%p ends with code 2, saying which and what is allowed", async (flags, which, allowed) => {
  await using run = new Run(flags);
  expect(await run.exitCode).toBe(2);
  const errors = await run.errors;
  expect(errors).toStartWith("pva-to-video: ");
  expect(errors).toContain(which);
  expect(errors).toContain(allowed);
});

test("a bad EPICS variable ends with code 2, naming it", async () => {
  await using run = new Run(["--port", "0"], { EPICS_PVA_BROADCAST_PORT: "often" });
  expect(await run.exitCode).toBe(2);
  expect(await run.errors).toContain("EPICS_PVA_BROADCAST_PORT");
});

test("a port in use ends with code 1, saying so and what to do", async () => {
  const other = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
  await using run = new Run(["--host", "127.0.0.1", "--port", String(other.port)]);
  expect(await run.exitCode).toBe(1);
  const errors = await run.errors;
  expect(errors).toContain(`port ${other.port}`);
  expect(errors).toContain("in use");
  expect(errors).toContain("--port");
  await other.stop(true);
});

test("it says where it serves, and an example with simulated cameras", async () => {
  await using run = new Run(["--host", "127.0.0.1", "--port", "0", "--sim"]);
  const port = await run.port();
  expect(await run.printed((text) => text.includes("/mjpg/SIM:"))).toContain(
    `http://127.0.0.1:${port}/?pv=SIM:`,
  );
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(response.status).toBe(200);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s ends a stream at a whole picture, closes every socket and ends well within 1 s",
  async (signal) => {
    await using run = new Run(["--host", "127.0.0.1", "--port", "0", "--sim"]);
    const address = `127.0.0.1:${await run.port()}`;
    const response = await fetch(`http://${address}/mjpg/SIM:beam:64x48@50`);
    expect(response.status).toBe(200);
    const socket = new WebSocket(`ws://${address}/ws/mjpg/SIM:beam:64x48@50`);
    const closeCode = new Promise<number>((resolve) => (socket.onclose = ({ code }) => resolve(code)));
    await new Promise((resolve) => (socket.onmessage = resolve));
    const started = performance.now();
    run.signal(signal);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.subarray(-13).toString("latin1")).toBe("\xff\xd9\r\n--frame\r\n");
    expect(await closeCode).toBe(1001);
    expect(await run.exitCode).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
  },
);
