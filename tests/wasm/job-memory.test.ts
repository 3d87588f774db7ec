import { describe, expect, test } from "bun:test";
import { CoreError } from "../../wasm/core/index.ts";
import { JobMemory } from "../../wasm/core/job-memory.ts";

const PAGE = 65536;

function faultOf(task: () => void): CoreError {
  try {
    task();
  } catch (fault) {
    if (fault instanceof CoreError) return fault;
    throw fault;
  }
  throw new Error("nothing was thrown");
}

describe("a job's memory", () => {
  test("lays regions one after the other on multiples of 64 and anew for the next job", () => {
    const regions = new JobMemory(new WebAssembly.Memory({ initial: 2 }), 1000, 2 * PAGE);
    expect([regions.take(1), regions.take(64), regions.take(65), regions.take(0)]).toEqual([
      1024, 1088, 1152, 1280,
    ]);
    regions.startJob();
    expect(regions.take(10)).toBe(1024);
  });

  test("grows by what is missing and keeps what was written", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 });
    const regions = new JobMemory(memory, 0, 10 * PAGE);
    const first = regions.take(100);
    regions.view(first, 100).fill(7);
    const second = regions.take(3 * PAGE);
    expect(memory.buffer.byteLength).toBe(4 * PAGE);
    expect(regions.view(first, 100).every((byte) => byte === 7)).toBe(true);
    expect(regions.view(second, 3 * PAGE).byteLength).toBe(3 * PAGE);
  });

  test("does not grow again for a job that fits", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const regions = new JobMemory(memory, 0, 100 * PAGE);
    regions.take(5 * PAGE);
    const { buffer } = memory;
    regions.startJob();
    regions.take(2 * PAGE);
    regions.take(3 * PAGE);
    expect(memory.buffer).toBe(buffer);
  });

  test("lengthens the last region in place", () => {
    const regions = new JobMemory(new WebAssembly.Memory({ initial: 1 }), 0, 4 * PAGE);
    regions.take(10);
    const last = regions.take(10);
    regions.resizeLast(last, 2 * PAGE);
    expect(regions.take(1)).toBe(last + 2 * PAGE);
  });

  test("stretches the last region over the memory there is, up to a bound, and grows nothing for it", () => {
    const memory = new WebAssembly.Memory({ initial: 3 });
    const regions = new JobMemory(memory, 0, 4 * PAGE);
    regions.take(64);
    const last = regions.take(10);
    expect(regions.stretchLast(last, PAGE)).toBe(PAGE);
    expect(regions.stretchLast(last, 100 * PAGE)).toBe(3 * PAGE - 64);
    expect(memory.buffer.byteLength).toBe(3 * PAGE);
    expect(regions.take(1)).toBe(3 * PAGE);
  });

  test("refuses what passes the limit with both numbers, and goes on with the next job", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const regions = new JobMemory(memory, 0, 2 * PAGE);
    const fault = faultOf(() => regions.take(2 * PAGE + 1));
    expect(fault).toMatchObject({ code: "out-of-memory", need: 2 * PAGE + 1, have: 2 * PAGE });
    expect(memory.buffer.byteLength).toBe(PAGE);
    regions.startJob();
    expect(regions.take(2 * PAGE)).toBe(0);
  });

  test("says so when the engine gives no more, with the cause", () => {
    const regions = new JobMemory(new WebAssembly.Memory({ initial: 1, maximum: 1 }), 0, 10 * PAGE);
    const fault = faultOf(() => regions.take(2 * PAGE));
    expect(fault.code).toBe("out-of-memory");
    expect(fault.cause).toBeInstanceOf(RangeError);
  });
});
