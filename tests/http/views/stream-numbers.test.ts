import { expect, test } from "bun:test";
import { StreamNumbers } from "../../../server/http/views/stream-numbers.ts";

test("what has one key has one number while somebody has it, and another afterwards", () => {
  const numbers = new StreamNumbers();
  const first = numbers.take("a");
  expect(numbers.take("a")).toBe(first);
  expect(numbers.take("b")).not.toBe(first);
  numbers.giveBack("a");
  expect(numbers.take("a")).toBe(first);
  numbers.giveBack("a");
  numbers.giveBack("a");
  expect(numbers.take("a")).not.toBe(first);
});

test("nothing is kept of what was given back, and giving back what nobody has does nothing", () => {
  const numbers = new StreamNumbers();
  for (let count = 0; count < 100; count++) numbers.take(`key ${count}`);
  for (let count = 0; count < 100; count++) numbers.giveBack(`key ${count}`);
  numbers.giveBack("key 1");
  expect(numbers.size).toBe(0);
});
