/** What cameras in trouble, and huge frames, leave behind in the process once nobody watches them any more: nothing. */
import { expect, test } from "bun:test";
import { CountingViewer } from "../support/counting-viewer.ts";
import type { FaultCamera } from "../support/fault-camera.ts";
import { requireTool } from "../support/tools.ts";
import { until, WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
/** A camera is let go one second after its last viewer; nothing is said of its trouble. */
const flags = ["--linger", "1", "--log-level", "error"];
const FPS = 40;
/** What a round of trouble may leave in the process once another round has come and gone before, megabytes. */
const LEFT_MB = 25;
const SHAPES = [
  "SIM:gradient:640x480",
  "SIM:gradient:320x240:uint16:lz4",
  "SIM:gradient:200x160:rgb1",
  "SIM:gradient:512x512:float32:bslz4",
  "SIM:gradient:480x400:uint8:jpeg",
];
const LIES = [{}, { codec: { name: "wavelet" } }, { uncompressedSize: 1n }];
/** 67 MB. */
const HUGE = "SIM:gradient:8192x8192";
const HUGE_MB = 67;
/** The time over which the healthy camera's frames are counted beside it. */
const SETTLING_MS = 900;

/** Frames of every kind, one in three corrupt, and a death of the camera between, before a viewer who then leaves. */
async function trouble({ bad, url }: { readonly bad: FaultCamera; readonly url: string }): Promise<void> {
  const port = Number(bad.address.split(":").at(-1));
  bad.post(SHAPES[0]!);
  const viewer = await CountingViewer.open(url);
  for (let life = 1; life <= 2; life++) {
    const before = bad.posted;
    bad.run(FPS, () => bad.post(SHAPES[bad.posted % SHAPES.length]!, LIES[bad.posted % LIES.length]));
    await until(() => viewer.seenAfter(before) >= FPS, "pictures stopped");
    bad.rest();
    if (life > 1) break;
    await bad.die();
    await bad.serve(port);
  }
  expect(viewer.outOfTurn).toBe(0);
  expect(viewer.end).toBeUndefined();
  viewer.close();
}

test.skipIf(skip)(
  "cameras that die, change and lie leave neither memory nor descriptors behind",
  async () => {
    await using service = await WatchedService.start({ flags });
    const stage = { bad: service.bad, url: service.url("/mjpg/BAD") };
    const before = service.descriptors;
    await trouble(stage);
    await service.descriptorsBackTo(before);
    const level = service.megabytes;
    await service.healthyThrough(() => trouble(stage));
    await service.descriptorsBackTo(before);
    await service.memoryBackTo(level + LEFT_MB);
  },
  60_000,
);

test.skipIf(skip)(
  "the memory of a huge frame is given back",
  async () => {
    await using service = await WatchedService.start({ flags: [...flags, "--workers", "2"] });
    const { bad } = service;
    // Drawn before anything is measured.
    bad.post(HUGE);
    const level = service.megabytes;
    await service.healthyThrough(async () => {
      const viewer = await CountingViewer.open(service.url("/mjpg/BAD?width=256"));
      await until(() => viewer.pictures.length > 0, "no picture of the huge frame");
      expect(service.megabytes).toBeGreaterThan(level + HUGE_MB);
      viewer.close();
      await Bun.sleep(SETTLING_MS);
    });
    await service.memoryBackTo(level + LEFT_MB);
  },
  60_000,
);
