import { expect, test } from "bun:test";
import { guardedStreams, PvRules } from "../../server/http/access-pv-rules.ts";
import { ServiceError } from "../../server/errors.ts";
import type { StreamReport } from "../../server/stream/index.ts";
import { parseRecipe } from "../../wasm/core/index.ts";
import { FakeStreams } from "./fake-streams.ts";
import { serve } from "./serving.ts";

const RECIPE = parseRecipe(new Map());

async function refusalOf(promise: Promise<unknown>): Promise<ServiceError> {
  const error: unknown = await promise.catch((cause: unknown) => cause);
  if (error instanceof ServiceError) return error;
  throw new Error("It was not refused.");
}

test.each([
  [[], [], "CAM:A", true],
  [["CAM:*"], [], "CAM:A", true],
  [["CAM:*"], [], "XF:A", false],
  [["CAM:*", "XF:*"], [], "XF:A", true],
  [[], ["*:SECRET*"], "CAM:SECRET1", false],
  [["CAM:*"], ["CAM:B"], "CAM:B", false],
  [["CAM:B"], ["CAM:B"], "CAM:B", false],
  [["CAM:*"], ["CAM:B"], "CAM:BB", true],
])("with --allow %p and --deny %p, %p is shown: %p", (allow, deny, pv, shown) => {
  expect(new PvRules({ allow, deny }).allows(pv)).toBe(shown);
});

test("a PV that is not allowed goes no further by any door, and is refused as one that nobody serves", async () => {
  const streams = new FakeStreams();
  const asked: string[] = [];
  const counting = new Proxy(streams, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...words: unknown[]): unknown => {
        if (words.length > 0) asked.push(String(name));
        return (value as (...all: unknown[]) => unknown).apply(target, words);
      };
    },
  });
  const guarded = guardedStreams(counting, new PvRules({ allow: ["A*"], deny: [] }), {
    connectTimeoutMs: 3000,
  });
  const refusals = [
    await refusalOf(guarded.open("B", RECIPE)),
    await refusalOf(guarded.openRaw("B")),
    await refusalOf(guarded.glimpse("B", { maxAgeMs: 1 })),
  ];
  for (const { code, message, pv } of refusals) {
    expect([code, message, pv]).toEqual(["pv-not-found", "No EPICS server answered for B within 3 s.", "B"]);
  }
  expect([guarded.report("B"), guarded.latest("B", RECIPE)]).toEqual([undefined, undefined]);
  expect(asked).toEqual([]);
  await guarded.open("A1", RECIPE);
  await guarded.openRaw("A1");
  guarded.report("A1");
  guarded.latest("A1", RECIPE);
  expect(asked).toEqual(["open", "openRaw", "report", "latest"]);
});

test("a stream that is not allowed stands in no list", () => {
  const streams = new FakeStreams();
  streams.reports.push({ pv: "A1" } as StreamReport, { pv: "B" } as StreamReport);
  const guarded = guardedStreams(streams, new PvRules({ allow: ["A*"], deny: [] }), {
    connectTimeoutMs: 3000,
  });
  expect(guarded.pvs()).toEqual(["A1"]);
});

test("a server without memory is 503 with Retry-After", async () => {
  using serving = serve();
  serving.streams.refusal = new ServiceError("server-full", "The images take all memory.", { pv: "A" });
  const answer = await fetch(`${serving.url}/mjpg/A`);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
});
