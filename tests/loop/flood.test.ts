import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { RawClient } from "../http/raw-client.ts";
import { requireTool } from "../support/tools.ts";
import { Run } from "../support/run.ts";

setDefaultTimeout(60_000);

const CAMERA = "SIM:beam:64x48@20";
const IDLE = 10_000;

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

/** The program as a process of its own, with one viewer who reads, and how many files it has open by then. */
async function start(descriptors?: number): Promise<{
  run: Run;
  port: number;
  /** Resolves when the viewer has got so many pictures more. */
  morePictures: (count: number) => Promise<void>;
  openFiles: () => number;
  megabytes: () => number;
}> {
  const run = new Run(["--host", "127.0.0.1", "--port", "0", "--sim"], {}, descriptors);
  cleanUp.push(() => run[Symbol.asyncDispose]());
  const port = await run.port();
  const viewer = await RawClient.get(port, `/mjpg/${CAMERA}`);
  cleanUp.push(() => viewer.close());
  const seen = (): number => viewer.text.split("\xff\xd9\r\n--frame\r\n").length;
  const morePictures = async (count: number): Promise<void> => {
    const goal = seen() + count;
    await viewer.until(() => seen() >= goal);
  };
  await morePictures(5);
  const openFiles = (): number => readdirSync(`/proc/${run.pid}/fd`).length;
  const megabytes = (): number =>
    Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${run.pid}/status`, "utf8"))![1]) / 1024;
  return { run, port, morePictures, openFiles, megabytes };
}

/** Connections that say nothing. @returns what closes them */
async function occupy(port: number, howMany: number): Promise<() => void> {
  const sockets: Bun.Socket[] = [];
  const end = (): void => sockets.splice(0).forEach((socket) => socket.terminate());
  cleanUp.push(end);
  const connect = (): Promise<Bun.Socket> =>
    Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
  while (sockets.length < howMany) {
    const some = Math.min(200, howMany - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, connect))));
  }
  return end;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(20);
}

const withoutProc = requireTool("/proc, which tells a process's open files", process.platform === "linux");
const mayOpen = Number(/Max open files\s+\d+\s+(\d+|unlimited)/u.exec(limits())?.[1] ?? 0);

function limits(): string {
  return process.platform === "linux" ? readFileSync("/proc/self/limits", "utf8") : "";
}

test.skipIf(withoutProc || requireTool(`leave for ${IDLE} sockets (ulimit -Hn)`, !(mayOpen < IDLE + 500)))(
  "10,000 connections that say nothing cost a viewer no picture, and leave nothing behind",
  async () => {
    const { port, morePictures, openFiles, megabytes } = await start();
    const before = { files: openFiles(), megabytes: megabytes() };
    const end = await occupy(port, IDLE);
    await until(() => openFiles() >= before.files + IDLE);
    expect(megabytes() - before.megabytes).toBeLessThan(60);
    const asked = performance.now();
    await morePictures(20);
    expect(performance.now() - asked).toBeLessThan(3000);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    end();
    await until(() => openFiles() <= before.files + 1);
    expect(megabytes() - before.megabytes).toBeLessThan(40);
  },
);

test.skipIf(withoutProc)(
  "out of descriptors, viewers go on, those who wait are served when there are some again",
  async () => {
    const { run, port, morePictures, openFiles } = await start(120);
    const before = openFiles();
    const end = await occupy(port, 300);
    await until(() => openFiles() >= 120);
    await morePictures(20);
    // It waits in the kernel's queue, behind those that occupy it.
    const waiting = fetch(`http://127.0.0.1:${port}/healthz`);
    await morePictures(5);
    end();
    expect((await waiting).status).toBe(200);
    await until(() => openFiles() <= before + 1);
    run.signal("SIGTERM");
    expect(await run.exitCode).toBe(0);
  },
);
