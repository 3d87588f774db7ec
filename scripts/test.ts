/**
 * `npm test`: the whole check, then every test. Closes with `N passed, N failed, N skipped`, a failed step of the check
 * counting as a failed test. Arguments go to `bun test`, e.g. `npm test -- tests/pva`.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check } from "./check.ts";

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Real time a test may take that sets no limit of its own: a machine of two cores may be busy with other things. */
const TIMEOUT_MS = 30_000;

/** Runs `bun test` and reads the tally from its JUnit report; a run that dies without one counts as a failure. */
async function runTests(args: readonly string[]): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), "pva-to-video-test-"));
  const report = join(folder, "junit.xml");
  const limit = `--timeout=${TIMEOUT_MS}`;
  const command = [
    process.execPath,
    "test",
    limit,
    "--reporter=junit",
    `--reporter-outfile=${report}`,
    ...args,
  ];
  const code = await Bun.spawn(command, { stdout: "inherit", stderr: "inherit" }).exited;
  const file = Bun.file(report);
  const xml = (await file.exists()) ? await file.text() : "";
  await rm(folder, { recursive: true });
  const total = (name: string): number =>
    Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = total("failures") + total("errors");
  const skipped = total("skipped");
  // A throw outside any test, or a crash, fails the run without failing a test: it must not be lost from the count.
  return {
    passed: total("tests") - failed - skipped,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped,
  };
}

const failedSteps = await check();
const tally = await runTests(process.argv.slice(2));
const failed = tally.failed + failedSteps.length;
if (failedSteps.length > 0) console.log(`check failed: ${failedSteps.join(", ")}`);
console.log(`${tally.passed} passed, ${failed} failed, ${tally.skipped} skipped`);
process.exit(failed === 0 && tally.passed > 0 ? 0 : 1);
