import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../server/clock.ts";
import { EncodeError, type Encoder, startEncoderPool } from "../../server/encode/index.ts";
import { silentLog } from "../../server/log.ts";
import { DEFAULT_RECIPE, type Recipe } from "../../wasm/core/index.ts";
import { slope, TestFrame } from "./test-frame.ts";

const [WIDTH, HEIGHT] = [20, 10];

let pool: Encoder;
beforeAll(async () => {
  pool = await startEncoderPool({ workers: 1, log: silentLog, clock: systemClock });
});
afterAll(() => pool.close());

async function refusal(frame: TestFrame, wish: Partial<Recipe>): Promise<EncodeError> {
  const recipe = { ...DEFAULT_RECIPE, ...wish };
  const answer = await pool.encode({ frame, recipe, encoder: "fast" }).catch((error: unknown) => error);
  if (answer instanceof EncodeError) return answer;
  throw new Error("the job was not refused", { cause: answer });
}

const grey = (sampleType: "uint8" | "uint16" = "uint8"): TestFrame => {
  const levels = slope(WIDTH, HEIGHT);
  return new TestFrame(WIDTH, HEIGHT, sampleType === "uint8" ? levels : Uint16Array.from(levels), {
    sampleType,
  });
};

test.each([
  ["plane", { plane: 7 }, "7"],
  ["roi", { roi: { x: 20, y: 0, width: 5, height: 5 } }, "20,0,5,5"],
  ["colour", { colour: "rgb1" }, "rgb1"],
] as const)("a %s that the frame has not is the recipe's fault, and named", async (option, wish, value) => {
  const { code, message, wish: named } = await refusal(grey(), wish);
  expect(code).toBe("bad-recipe");
  expect(named).toMatchObject({ option, value });
  expect(named!.allowed.length).toBeGreaterThan(10);
  expect(message).toContain(`${option}=${value}`);
});

test("colours that the samples cannot have are the recipe's fault, though the frame is what contradicts itself then", async () => {
  const { code, wish } = await refusal(grey("uint16"), { colour: "yuv422" });
  expect({ code, option: wish?.option, value: wish?.value }).toEqual({
    code: "bad-recipe",
    option: "colour",
    value: "yuv422",
  });
});

test("packed bytes that lie are the frame's fault, and nobody's wish", async () => {
  const lying = new TestFrame(WIDTH, HEIGHT, new Uint8Array(30), { codec: "bslz4" });
  const { code, message, wish } = await refusal(lying, {});
  expect({ code, wish }).toEqual({ code: "bad-frame", wish: undefined });
  expect(message).toContain("bslz4 data, byte");
});
