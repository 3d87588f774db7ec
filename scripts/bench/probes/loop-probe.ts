/**
 * Loaded before the service (`bun --preload`): watches how long its event loop is held at a time. Answers any message of
 * the parent with a LoopReport of the time since the last one. Linux only.
 *
 * A timer asks every millisecond how much processor time the main thread has used since it asked last. While the loop
 * runs freely that is a millisecond at most; a turn that holds it shows as one gap with all its time in it. That
 * others had the core, which makes timers late too, does not count.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";
import type { LoopReport } from "../measure/loop-report.ts";

const PERIOD_MS = 1;
/** What is asked: no turn longer than this. */
const LONG_MS = 5;
/** <time.h> of Linux. */
const CLOCK_THREAD_CPUTIME_ID = 3;

const { symbols: libc } = dlopen("libc.so.6", {
  clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
});
const timespec = new BigInt64Array(2);

function mainThreadMs(): number {
  libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, ptr(timespec));
  return Number(timespec[0]!) * 1e3 + Number(timespec[1]!) / 1e6;
}

let turns: number[] = [];
let lateMs = 0;
let used = mainThreadMs();
let asked = performance.now();
setInterval(() => {
  const [now, usedNow] = [performance.now(), mainThreadMs()];
  turns.push(usedNow - used);
  lateMs = Math.max(lateMs, now - asked);
  used = usedNow;
  asked = now;
}, PERIOD_MS).unref();

process.on("message", () => {
  turns.sort((a, b) => a - b);
  const report: LoopReport = {
    long: turns.filter((ms) => ms > LONG_MS).length,
    longestMs: turns.at(-1) ?? 0,
    p99Ms: turns[Math.floor(turns.length * 0.99)] ?? 0,
    longestGapMs: lateMs,
  };
  turns = [];
  lateMs = 0;
  process.send?.(report);
});
