import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc, which Linux has fixed for user space (USER_HZ). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Processor time that a process has used with all its threads, seconds (proc(5)). Linux only. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name may hold anything, brackets too; fields are counted behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process that is in use now, bytes. */
export function rssBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]) * PAGE_BYTES;
}

/** Open file descriptors of a process. */
export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/**
 * Memory that the kernel holds for this machine's connections from local port `port`, bytes: what waits to be sent and
 * what was read ahead (skmem of ss(8)). The other ends of connections within the machine are not counted.
 */
export function kernelBytesOf(port: number): number {
  const { stdout } = Bun.spawnSync(["ss", "-tmnH", `( sport = :${port} )`]);
  const sockets = stdout.toString().matchAll(/skmem:\(r(\d+),rb\d+,t\d+,tb\d+,f(\d+),w(\d+)/gu);
  let bytes = 0;
  for (const [, received, ahead, queued] of sockets)
    bytes += Number(received) + Number(ahead) + Number(queued);
  return bytes;
}

/** How much of a core a process takes from now until `percent` is asked, with its threads; 100 is one core. */
export class CpuMeter {
  readonly #pid: number;
  readonly #since = performance.now();
  readonly #before: number;

  constructor(pid: number) {
    this.#pid = pid;
    this.#before = cpuSeconds(pid);
  }

  /** Seconds used since then. */
  get seconds(): number {
    return cpuSeconds(this.#pid) - this.#before;
  }

  get percent(): number {
    return (this.seconds / (performance.now() - this.#since)) * 1e5;
  }
}
