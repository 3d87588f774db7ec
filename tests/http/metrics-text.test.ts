import { expect, test } from "bun:test";
import { labelled, familyText, single } from "../../server/http/metrics-text.ts";
import { buckets, durations } from "../../server/http/metrics-histogram.ts";
import { BOUNDS_MS } from "../../server/stream/index.ts";
import { parseExposition } from "../support/prometheus.ts";

test("a family is its help, its type and its samples", () => {
  expect(familyText(single("counter", "frames_total", "Frames.", 3))).toBe(
    "# HELP frames_total Frames.\n# TYPE frames_total counter\nframes_total 3\n",
  );
});

test.each(['CAM"1', "CAM\\1", "CAM\n1", "相機", 'a,b}c="d', "\u{1F4F7}", ""])(
  "a label %p arrives as it is",
  (pv) => {
    const text = familyText(labelled("gauge", "fps", "Rate.", "pv", [[pv, 1]]));
    expect(parseExposition(text).value("fps", { pv })).toBe(1);
  },
);

test("half a surrogate pair does not spoil the text for all", () => {
  const text = familyText(labelled("gauge", "fps", "Rate.", "pv", [["CAM\uD800", 1]]));
  expect(parseExposition(text).series[0]!.labels.get("pv")).toBe("CAM\uFFFD");
});

test("a help of several lines, with backslashes, is one line", () => {
  const text = familyText(single("gauge", "a", "one\ntwo \\n three", 1));
  expect(parseExposition(text).helps.get("a")).toBe("one\\ntwo \\\\n three");
});

test.each([0, -1, 1.5, 1e21, 1e-9, Number.MAX_SAFE_INTEGER, Infinity, -Infinity])(
  "the number %p arrives",
  (value) => {
    expect(parseExposition(familyText(single("gauge", "a", "A.", value))).value("a")).toBe(value);
  },
);

test("a number that is none is written so", () => {
  expect(parseExposition(familyText(single("gauge", "a", "A.", NaN))).value("a")).toBeNaN();
});

test("a family without samples is still announced", () => {
  expect(familyText(labelled("counter", "refusals_total", "Refusals.", "code", []))).toBe(
    "# HELP refusals_total Refusals.\n# TYPE refusals_total counter\n",
  );
});

test("the buckets of a histogram hold all that is not longer, and the last one all", () => {
  const exposition = parseExposition(familyText(buckets("lag_seconds", "Lag.", [0.1, 1], [3, 2, 1], 4.5)));
  const counts = exposition.all("lag_seconds_bucket").map(({ labels, value }) => [labels.get("le"), value]);
  expect(counts).toEqual([
    ["0.1", 3],
    ["1", 5],
    ["+Inf", 6],
  ]);
  expect(exposition.value("lag_seconds_count")).toBe(6);
  expect(exposition.value("lag_seconds_sum")).toBe(4.5);
});

test("durations keep every sample, in the bucket of a bound that it does not exceed", () => {
  // One sample in each bucket that a stream has, the one without a bound among them.
  const counts = new Float64Array(BOUNDS_MS.length + 1).fill(1);
  const family = durations("age_seconds", "Age.", { counts, count: counts.length, sumMs: 1234 });
  const exposition = parseExposition(familyText(family));
  expect(exposition.value("age_seconds_count")).toBe(counts.length);
  expect(exposition.value("age_seconds_sum")).toBe(1.234);
  for (const { labels, value } of exposition.all("age_seconds_bucket").slice(0, -1)) {
    const bound = Number(labels.get("le"));
    expect(value).toBe(BOUNDS_MS.filter((upper) => upper / 1000 <= bound).length);
  }
  const told = exposition.all("age_seconds_bucket").map(({ labels }) => labels.get("le"));
  expect(told.slice(0, 3)).toEqual(["0.00025", "0.0005", "0.001"]);
  expect(told.slice(-2)).toEqual(["16.384", "+Inf"]);
});
