import { expect, test } from "bun:test";
import { takeBatch } from "../../../server/pva/client/search-batch.ts";

test("a batch is the first names that fit one datagram, and at least one", () => {
  const names = Array.from({ length: 100 }, (_, index) => `N${index}`.padEnd(91, "x"));
  expect(takeBatch(names, (name) => name)).toEqual(names.slice(0, 13));
  expect(takeBatch(["y".repeat(3000), "z"], (name) => name)).toHaveLength(1);
  expect(takeBatch([], String)).toEqual([]);
});
