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
  // Half way: turns of exactly a second.
  const search = new Search(clock, () => 0.5);
  const recorder = new Recorder(clock);
  search.addTransport(recorder);
  return { clock, search, recorder };
}

describe("searching", () => {
  test("begins after 10 ms and grows by a second each time, up to 30", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A" });
    await clock.advance(600_000);
    expect(recorder.times.slice(0, 5)).toEqual([10, 1000, 3000, 6000, 10_000]);
    const gaps = recorder.times.slice(2).map((at, index) => at - recorder.times[index + 1]!);
    expect(gaps.slice(0, 29)).toEqual(Array.from({ length: 29 }, (_, index) => 1000 * (index + 2)));
    expect(new Set(gaps.slice(29))).toEqual(new Set([30_000]));
    search.close();
  });

  test("takes turns a little longer or shorter than a second, as chance has it", async () => {
    const clock = new ManualClock();
    const chances = [0, 1, 0.5];
    const search = new Search(clock, () => chances.shift() ?? 0.5);
    const recorder = new Recorder(clock);
    search.addTransport(recorder);
    search.seek({ cid: 1, name: "A" });
    await clock.advance(4000);
    expect(recorder.times).toEqual([10, 975, 3000]);
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

  test("for 10,000 names sends no more than 200 datagrams a second, and asks for each within two", async () => {
    const { clock, search, recorder } = start();
    for (let cid = 0; cid < 10_000; cid++) search.seek({ cid, name: `BL01T-DI-CAM-${cid}:PVA:OUTPUT` });
    await clock.advance(2000);
    expect(new Set(recorder.asked.flatMap(({ names }) => names)).size).toBe(10_000);
    await clock.advance(120_000);
    for (let from = 0; from < 122_000; from += 100) {
      const inSecond = recorder.times.filter((at) => at >= from && at < from + 1000);
      expect(inSecond.length).toBeLessThanOrEqual(204);
    }
    const last = recorder.asked.filter(({ at }) => at >= 92_000).flatMap(({ names }) => names);
    expect(new Set(last).size).toBe(10_000);
    search.close();
    expect(clock.pending).toBe(0);
  });

  test("begins anew for everything, or for what one server had, when it is time to hurry", async () => {
    const { clock, search, recorder } = start();
    search.seek({ cid: 1, name: "A", lastServer: "10.0.0.1:5075" });
    search.seek({ cid: 2, name: "B", lastServer: "10.0.0.2:5075" });
    await clock.advance(60_500);
    recorder.asked.length = 0;
    search.hurryOf("10.0.0.1:5075");
    await clock.advance(10);
    search.hurryOf("10.0.0.9:5075");
    await clock.advance(490);
    expect(recorder.asked.map(({ at, names }) => [at, names])).toEqual([
      [60_510, ["A"]],
      [61_000, ["A"]],
    ]);
    search.hurry();
    await clock.advance(20);
    expect(recorder.asked.at(-1)).toMatchObject({ at: 61_020, names: ["A", "B"] });
    search.close();
  });
});
