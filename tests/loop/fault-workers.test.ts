/** Encoder workers that die, through the whole service. */
import { join } from "node:path";
import { expect, test } from "bun:test";
import { DEADLY } from "../encode/workers/parts.ts";
import { CountingViewer } from "../support/counting-viewer.ts";
import { requireTool } from "../support/tools.ts";
import { until, WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
const preload = join(import.meta.dir, "../support/mortal-workers.ts");
const flags = ["--log-level", "error"];
const PLAIN = "SIM:gradient:80x60";
const FPS = 20;
/** Of one worker; each other one lives half as long again, so that they do not die together. */
const LIFE_MS = 800;
/** Ten deaths take 6 s, and more where it takes a busy machine long to start others. */
const TEN_LIVES_MS = 25_000;

/** The number of a counter without labels. */
async function metric(service: WatchedService, name: string): Promise<number> {
  const text = await (await fetch(service.url("/metrics"), { keepalive: false })).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "mu").exec(text)?.[1]);
}

const crashes = (service: WatchedService): Promise<number> =>
  metric(service, "pva_to_video_worker_crashes_total");

test.skipIf(skip)("a worker that dies ten times while streams run costs hardly a picture", async () => {
  await using service = await WatchedService.start({
    preload,
    flags: [...flags, "--workers", "2"],
    environment: { LIFE_MS: String(LIFE_MS) },
  });
  const { bad } = service;
  bad.post(PLAIN);
  const viewer = await CountingViewer.open(service.url("/mjpg/BAD"));
  const before = { dead: await crashes(service), posted: bad.posted };
  await service.healthyThrough(async () => {
    bad.run(FPS, () => bad.post(PLAIN));
    const tenDied = async (): Promise<boolean> => (await crashes(service)) >= before.dead + 10;
    await until(tenDied, "workers did not die", TEN_LIVES_MS);
    bad.rest();
  });
  expect(viewer.seenAfter(before.posted)).toBeGreaterThanOrEqual(0.9 * (bad.posted - before.posted));
  expect(viewer.outOfTurn).toBe(0);
  expect(viewer.end).toBeUndefined();
  viewer.close();
});

test.skipIf(skip)(
  "a camera whose frames kill workers is quarantined with a reason, and the others keep their rate",
  async () => {
    await using service = await WatchedService.start({ preload, flags: [...flags, "--workers", "1"] });
    const { bad } = service;
    const deadly = { value: { ubyteValue: new Uint8Array(80 * 60).fill(DEADLY.exits) } };
    bad.post(PLAIN);
    const viewer = await CountingViewer.open(service.url("/mjpg/BAD"));
    await until(() => viewer.pictures.length === 1, "no first picture");
    await service.healthyThrough(async () => {
      bad.run(FPS, () => bad.post(PLAIN, deadly));
      await until(() => bad.posted >= 60, "the camera stopped");
      bad.rest();
    });
    expect(await crashes(service)).toBe(3);
    const { renditions, frames } = await service.report("BAD");
    expect(renditions[0]?.failure).toContain("cost 3 encoder workers their lives");
    expect(frames.encoded).toBe(1);
    expect(frames.lost.failed).toBeWithin(0.9 * (bad.posted - 1), bad.posted);
    for (const path of ["/mjpg/BAD?quality=50", "/snapshot/BAD?quality=50"]) {
      const refused = await fetch(service.url(path), { keepalive: false });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get("retry-after"))).toBeWithin(1, 61);
      expect(await refused.json()).toMatchObject({ error: "quarantined", pv: "BAD" });
    }
    expect(viewer.pictures.length).toBe(1);
    expect(viewer.end).toBeUndefined();
    viewer.close();
  },
);
