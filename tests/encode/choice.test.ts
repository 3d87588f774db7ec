import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { EncoderChoice } from "../../server/encode/index.ts";

/** A choice that has learned that mozjpeg takes this long for a megapixel. */
function knowing(msPerMegapixel: number): EncoderChoice {
  const choice = new EncoderChoice();
  for (let round = 0; round < 100; round++) choice.learn("mozjpeg", 1, msPerMegapixel);
  return choice;
}

describe("a wish is granted as it is", () => {
  test.each(["fast", "mozjpeg"] as const)("%s", (wish) => {
    const load = { intervalMs: 1, megapixels: 100, busyFraction: 1 };
    expect(new EncoderChoice().choose(wish, load)).toEqual({ encoder: wish, why: "asked for" });
  });
});

// At 40 ms a megapixel a quarter of the interval is enough from 160 ms on.
test.each([
  ["an interval well above four times its time", 1000, 1, 0, "mozjpeg"],
  ["a little less than a quarter of the interval", 161, 1, 0, "mozjpeg"],
  ["a little more than a quarter of the interval", 159, 1, 0, "fast"],
  ["25 frames a second", 40, 1, 0, "fast"],
  ["25 frames a second of a small picture", 40, 0.2, 0, "mozjpeg"],
  ["a large picture once a second", 1000, 16, 0, "fast"],
  ["a pool just below half busy", 1000, 1, 0.49, "mozjpeg"],
  ["a pool half busy", 1000, 1, 0.5, "fast"],
  ["a single picture, which has all the time", Infinity, 50, 0, "mozjpeg"],
  ["a single picture while the pool is busy", Infinity, 1, 0.9, "fast"],
] as const)("auto with %s", (_, intervalMs, megapixels, busyFraction, encoder) => {
  expect(knowing(40).choose("auto", { intervalMs, megapixels, busyFraction }).encoder).toBe(encoder);
});

test("a rendition that has gone over to mozjpeg stays while the limits are passed by little", () => {
  const choice = knowing(40);
  const at = (intervalMs: number, busyFraction: number): string =>
    choice.choose("auto", { intervalMs, megapixels: 1, busyFraction }).encoder;
  expect(at(150, 0.6)).toBe("fast");
  expect(at(170, 0)).toBe("mozjpeg");
  expect(at(150, 0.6)).toBe("mozjpeg");
  expect(at(100, 0)).toBe("fast");
  expect(at(150, 0)).toBe("fast");
  expect(at(170, 0)).toBe("mozjpeg");
  expect(at(170, 0.8)).toBe("fast");
});

test("where there is one worker only, mozjpeg must be quick in itself, so that other streams do not stand still", () => {
  const at = (workers: number, megapixels: number): string => {
    const choice = new EncoderChoice(workers);
    for (let round = 0; round < 100; round++) choice.learn("mozjpeg", 1, 40);
    return choice.choose("auto", { intervalMs: Infinity, megapixels, busyFraction: 0 }).encoder;
  };
  expect([at(1, 1), at(1, 2), at(2, 2)]).toEqual(["mozjpeg", "fast", "mozjpeg"]);
});

test("nothing learned yet means a guess by which 2 fps of a megapixel is slow enough and 10 fps is not", () => {
  const at = (intervalMs: number): string =>
    new EncoderChoice().choose("auto", { intervalMs, megapixels: 1, busyFraction: 0 }).encoder;
  expect([at(500), at(100)]).toEqual(["mozjpeg", "fast"]);
});

test("a picture that takes long is learned from, and its memory fades while the fast encoder works", () => {
  const choice = knowing(500);
  const load = { intervalMs: 1000, megapixels: 1, busyFraction: 0 };
  expect(choice.choose("auto", load).encoder).toBe("fast");
  for (let round = 0; round < 300; round++) choice.learn("fast", 1, 2);
  expect(choice.choose("auto", load).encoder).toBe("mozjpeg");
});

test("the reason names the numbers it rests on", () => {
  const choice = knowing(40);
  expect(choice.choose("auto", { intervalMs: 40, megapixels: 1, busyFraction: 0 }).why).toBe(
    "mozjpeg would take 40 ms of the 40 ms between frames",
  );
  expect(choice.choose("auto", { intervalMs: 1000, megapixels: 1, busyFraction: 0.62 }).why).toBe(
    "the workers are 62 % busy",
  );
  expect(choice.choose("auto", { intervalMs: 1000, megapixels: 0.1, busyFraction: 0 }).why).toBe(
    "takes 4.0 ms of the 1000 ms between frames and makes smaller files",
  );
  expect(choice.choose("auto", { intervalMs: Infinity, megapixels: 1, busyFraction: 0 }).why).toBe(
    "takes 40 ms for a single picture and makes smaller files",
  );
});

test("whatever is measured, mozjpeg is never taken when it was last seen to need more than the interval allows", () => {
  const amount = fc.double({ min: 0.01, max: 1000, noNaN: true });
  fc.assert(
    fc.property(
      amount,
      amount,
      amount,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rate, megapixels, intervalMs, busyFraction) => {
        const { encoder } = knowing(rate).choose("auto", { intervalMs, megapixels, busyFraction });
        const expected = rate * megapixels;
        // `knowing` comes close to the rate, not quite to it.
        if (expected > 0.26 * intervalMs || busyFraction >= 0.5) expect(encoder).toBe("fast");
        if (expected < 0.24 * intervalMs && busyFraction < 0.5) expect(encoder).toBe("mozjpeg");
      },
    ),
  );
});
