import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { settingsTable } from "../../server/config.ts";

const root = normalize(join(import.meta.dir, "../.."));

/** Every file of the project, those that git ignores apart. */
function filesOfTheHouse(): string[] {
  const listing = Bun.spawnSync(["git", "ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  const files = listing.stdout.toString().split("\n");
  return files.filter((file) => file !== "" && existsSync(join(root, file)));
}

const files = filesOfTheHouse();
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const isCode = (file: string): boolean =>
  /\.(ts|mjs|cjs|js|css|html|py)$/.test(file) && !file.startsWith("tests/vectors/");
const packageFile = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

describe("the house", () => {
  test("has the agreed top level and nothing beside it", () => {
    const top = new Set(files.map((file) => file.split("/")[0]!).filter((name) => !name.startsWith(".")));
    expect([...top].sort()).toEqual(
      [
        "CHANGELOG.md",
        "Dockerfile",
        "LICENSE",
        "README.md",
        "asconfig.json",
        "bunfig.toml",
        "package-lock.json",
        "package.json",
        "scripts",
        "server",
        "tests",
        "tsconfig.json",
        "wasm",
      ].sort(),
    );
  });

  test("keeps every file under 500 lines, tables apart", () => {
    const tables = /(^|\/)[a-z-]*tables?\.ts$/;
    const long = files
      .filter((file) => isCode(file) && !tables.test(file))
      .map((file) => ({ file, lines: read(file).split("\n").length }))
      .filter(({ lines }) => lines > 500);
    expect(long).toEqual([]);
  });

  test("keeps nine files in ten under 300 lines", () => {
    const lengths = files.filter(isCode).map((file) => read(file).split("\n").length);
    const ninth = lengths.sort((a, b) => a - b)[Math.floor(lengths.length * 0.9)]!;
    expect(ninth).toBeLessThanOrEqual(300);
  });

  test("gives every room a README", () => {
    const rooms = ["pva", "source", "encode", "stream", "http", "sim", "viewer"].map(
      (room) => `server/${room}/README.md`,
    );
    expect([...rooms, "wasm/README.md"].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test("has no link in a README that leads nowhere", () => {
    const dead = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => {
        const links = [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)].map(
          (match) => match[1]!,
        );
        return links
          .filter((link) => !existsSync(join(root, dirname(file), link)))
          .map((link) => `${file}: ${link}`);
      });
    expect(dead).toEqual([]);
  });

  test("shows in its README the table of settings that the program reads", () => {
    const cells = (text: string): string[] =>
      text
        .split("\n")
        .flatMap((line) => (line.startsWith("|") ? [line.replaceAll(/[\s-]+/g, " ").trim()] : []));
    const shown = cells(read("README.md"));
    expect(cells(settingsTable()).filter((row) => !shown.includes(row))).toEqual([]);
  });

  test("pins every dependency to one version", () => {
    const versions = Object.entries({ ...packageFile.dependencies, ...packageFile.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test("offers at most ten scripts, each of which exists", () => {
    const scripts = Object.values(packageFile.scripts);
    expect(scripts.length).toBeLessThanOrEqual(10);
    const entries = scripts.map((script) => /(?:server|scripts)\/\S+/.exec(script)![0]);
    expect(entries.filter((entry) => !existsSync(join(root, entry)))).toEqual([]);
  });
});
