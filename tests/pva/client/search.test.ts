import { describe, expect, test } from "bun:test";
import { Search, type SearchTransport } from "../../../server/pva/client/search.ts";
import type { SearchedChannel } from "../../../server/pva/message/search.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** Notes when it was asked for what. */
class Recorder implements SearchTransport {
  readonly asked: { readonly at: number; readonly names: string[]; readonly sequence: number }[] = [];
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  search(channels: readonly SearchedChannel[], sequence: number): void {
    this.asked.push({ at: this.#clock.now(), names: channels.map(({ name }) => name), sequence });
  }

  get times(): number[] {
    return this.asked.map(({ at }) => at);
  }
}

function start(): { clock: ManualClock; search: Search; recorder: Recorder } {
  const clock = new ManualClock();
  const search = new Search(clock);
  const recorder = new Recorder(clock);
  search.addTransport(recorder);
  return { clock, search, recorder };
}

describe("searching", () => {
  test("begins after 10 ms and grows by a second each time, up to 30", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    await clock.advance(600_000);
    const gaps = recorder.times.slice(1).map((at, index) => at - recorder.times[index]!);
    expect(recorder.times[0]).toBe(10);
    expect(gaps.slice(0, 29)).toEqual(Array.from({ length: 29 }, (_, index) => 1000 * (index + 1)));
    expect(new Set(gaps.slice(30))).toEqual(new Set([30_000]));
    search.close();
  });

  test("asks for names that come together in one go", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    await clock.advance(5);
    search.seek({ cid: 2, name: "B" });
    await clock.advance(100);
    expect(recorder.asked.map(({ names }) => names)).toEqual([["A", "B"]]);
    search.close();
  });

  test("ends for what is found, and leaves no timer when all is", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    search.seek({ cid: 2, name: "B" });
    await clock.advance(20);
    search.forget(1);
    await clock.advance(1000);
    expect(recorder.asked.at(-1)!.names).toEqual(["B"]);
    search.forget(2);
    expect(clock.pending).toBe(0);
  });

  test("is renewed at once through a transport that comes later", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    await clock.advance(20_000);
    const late = new Recorder(clock);
    search.addTransport(late);
    await clock.advance(10);
    expect(late.times).toEqual([20_010]);
    search.removeTransport(recorder);
    const before = recorder.asked.length;
    await clock.advance(60_000);
    expect(recorder.asked).toHaveLength(before);
    search.close();
  });

  test("numbers its rounds", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    await clock.advance(3100);
    expect(recorder.asked.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    search.close();
  });
});
