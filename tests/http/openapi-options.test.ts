import { describe, expect, test } from "bun:test";
import { addressOf } from "../../server/http/address.ts";
import {
  type OptionEntry,
  PARTS_ENTRY,
  PICTURE_ENTRIES,
  SNAPSHOT_ENTRIES,
  SOCKET_ENTRIES,
  VIEWING_ENTRIES,
} from "../../server/http/openapi-options.ts";
import { Refusal } from "../../server/http/refusal.ts";
import { parseSnapshot } from "../../server/http/snapshot-request.ts";
import { parseViewing } from "../../server/http/viewing.ts";
import { RECIPE_OPTIONS } from "../../wasm/core/index.ts";

const viewing = [...PICTURE_ENTRIES, ...VIEWING_ENTRIES, PARTS_ENTRY, ...SOCKET_ENTRIES];
const snapshot = [...PICTURE_ENTRIES, ...SNAPSHOT_ENTRIES];

/** What the service says to this value: undefined where it is taken, else what is allowed. */
function objection(route: "mjpg" | "snapshot", name: string, value: string): string | undefined {
  const address = addressOf(
    new Request(`http://pc1/${route}/CAM?${new URLSearchParams({ [name]: value }).toString()}`),
  );
  try {
    if (route === "mjpg") parseViewing(address, "/mjpg/", {});
    else parseSnapshot(address, "/snapshot/", null, {});
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.details.allowed;
    throw error;
  }
}

/** Whether a schema of ours takes a query's text; only the words that our schemas use. */
function fits({ schema }: OptionEntry, value: string): boolean {
  const { enum: allowed, pattern, minimum, exclusiveMinimum, maximum, type } = schema;
  if (Array.isArray(allowed)) return allowed.includes(value);
  if (typeof pattern === "string") return new RegExp(pattern, "u").test(value);
  const number = value.trim() === "" ? NaN : Number(value);
  if (type === "integer" && !Number.isInteger(number)) return false;
  return (
    number >= ((minimum as number | undefined) ?? -Infinity) &&
    number > ((exclusiveMinimum as number | undefined) ?? -Infinity) &&
    number <= ((maximum as number | undefined) ?? Number.MAX_VALUE)
  );
}

test("the options of a picture are those that the recipe is read from", () => {
  expect(PICTURE_ENTRIES.map(({ name }) => name).toSorted()).toEqual([...RECIPE_OPTIONS].toSorted());
});

test.each(["mjpg", "snapshot"] as const)("/%s takes the options that are told, and no others", (route) => {
  const told = (route === "mjpg" ? viewing : snapshot).map(({ name }) => name);
  expect(objection(route, "nonsense", "1")!.split(", ").toSorted()).toEqual(told.toSorted());
});

describe.each([
  ["mjpg", viewing],
  ["snapshot", snapshot],
] as const)("/%s", (route, entries) => {
  test.each(entries)("takes every value of $name that its schema names, and its example", (entry) => {
    const { name, schema, example } = entry;
    const values = [example, ...((schema["enum"] as string[] | undefined) ?? [])];
    expect(values.filter((value) => objection(route, name, value) !== undefined)).toEqual([]);
    expect(fits(entry, example)).toBe(true);
  });

  test.each(entries)("refuses of $name what its schema does not take", (entry) => {
    const bad = ["", "nonsense", "-1", "1e99", "0,0,0", "5,1", "gamma:0", "auto:1"].filter(
      (value) => !fits(entry, value),
    );
    expect(bad.length).toBeGreaterThan(2);
    expect(bad.filter((value) => objection(route, entry.name, value) === undefined)).toEqual([]);
  });
});

test("where words are allowed, the schema has all of them", () => {
  for (const { name, schema } of PICTURE_ENTRIES.filter((entry) => "enum" in entry.schema)) {
    const allowed = objection("mjpg", name, "nonsense")!.replace(/^one of /u, "");
    expect((schema["enum"] as string[]).toSorted()).toEqual(allowed.split(", ").toSorted());
  }
});

test("the README's table has every option, with every word that is allowed", async () => {
  const readme = await Bun.file(new URL("../../README.md", import.meta.url)).text();
  const rows = readme.split("\n").filter((line) => /^\| `\w+`.*`\w+=[^`]+` +\|$/u.test(line));
  for (const { name, schema } of PICTURE_ENTRIES) {
    const row = rows.find((line) => line.split("|")[1]!.includes(`\`${name}\``));
    expect([name, row]).not.toContain(undefined);
    for (const word of (schema["enum"] as string[] | undefined) ?? []) expect(row).toContain(`\`${word}\``);
  }
});
