/** The wall clock of the machine jumps while streams run; nothing but what tells the time of day may notice. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { CountingViewer } from "../support/counting-viewer.ts";
import { requireTool } from "../support/tools.ts";
import { WatchedService } from "../support/watched-service.ts";

const ARCHITECTURE = process.arch === "arm64" ? "aarch64" : "x86_64";
/** Where Debian's package libfaketime has it. */
const LIBRARY = `/usr/lib/${ARCHITECTURE}-linux-gnu/faketime/libfaketimeMT.so.1`;
const skip = requireTool("libfaketime (Debian: faketime)", existsSync(LIBRARY));
/** Seconds that the clock is away from the right time, one after the other. */
const STEPS = [86_400, -86_400, 3, -3, 400 * 86_400, 0];
const STEP_MS = 800;

test.skipIf(skip)("a wall clock that jumps by seconds, a day, a year costs no viewer a picture", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pva-clock-"));
  const offset = join(folder, "offset");
  const setClock = (seconds: number): Promise<void> =>
    writeFile(offset, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
  await setClock(0);
  await using service = await WatchedService.start({
    environment: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
  });
  const viewer = await CountingViewer.open(service.url("/mjpg/GOOD?quality=50"));
  await service.healthyThrough(async () => {
    for (const step of STEPS) {
      await setClock(step);
      await Bun.sleep(STEP_MS);
      const answer = await fetch(service.url("/snapshot/GOOD?maxAge=500"), { keepalive: false });
      expect(answer.status).toBe(200);
      // The time of day is the new one at once; how old a picture is has nothing to do with it.
      const received = Number(answer.headers.get("x-received"));
      expect(received - step - Date.now() / 1000).toBeWithin(-2, 0.1);
      expect(Number(answer.headers.get("x-age"))).toBeWithin(0, 500);
      // Stamps of the camera that cannot be are passed over.
      expect((await service.report("GOOD")).latencyMs?.p50).toBeWithin(0, 100);
    }
  });
  expect(viewer.end).toBeUndefined();
  expect(viewer.outOfTurn).toBe(0);
  viewer.close();
  await rm(folder, { recursive: true });
});
