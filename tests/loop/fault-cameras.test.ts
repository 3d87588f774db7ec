/** Cameras that die, move, change and lie, through the whole service, beside a healthy one. */
import { expect, test } from "bun:test";
import { CountingViewer } from "../support/counting-viewer.ts";
import { freePort } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";
import { until, WatchedService } from "../support/watched-service.ts";

const skip = requireTool("Linux, to count descriptors", process.platform === "linux");
const PLAIN = "SIM:gradient:80x60";
const FPS = 20;

test.skipIf(skip)(
  "a camera that is killed and starts again elsewhere goes on in the same response",
  async () => {
    const port = freePort();
    await using service = await WatchedService.start({ elsewhere: `127.0.0.1:${port}` });
    const { bad } = service;
    bad.post(PLAIN);
    const viewer = await CountingViewer.open(service.url("/mjpg/BAD"));
    await until(() => viewer.pictures.length === 1, "no first picture");
    await service.healthyThrough(async () => {
      for (let death = 1; death <= 3; death++) {
        await bad.die();
        await until(async () => (await service.report("BAD")).state === "disconnected", "nobody noticed");
        await bad.serve(death % 2 === 1 ? port : 0);
        if (death % 2 === 0) await bad.die().then(() => bad.serve(port));
        const before = bad.posted;
        bad.run(FPS, () => bad.post(PLAIN));
        await until(() => viewer.seenAfter(before) >= FPS, `no pictures after death ${death}`);
        bad.rest();
      }
    });
    expect(viewer.end).toBeUndefined();
    expect(viewer.outOfTurn).toBe(0);
    viewer.close();
  },
);

test.skipIf(skip)(
  "a camera whose size, type, colour and codec change with every frame has each drawn as it is",
  async () => {
    await using service = await WatchedService.start();
    const { bad } = service;
    const shapes = [
      PLAIN,
      "SIM:gradient:64x48:uint16",
      "SIM:gradient:120x40:float32:lz4",
      "SIM:gradient:64x48:rgb1",
      "SIM:gradient:96x48:uint8:jpeg",
      "SIM:gradient:160x120:int32:rgb3:bslz4",
      "SIM:gradient:64x64:bayer-rggb",
      "SIM:gradient:200x100:uint64",
      "SIM:gradient:64x48:uint8:yuv422:zlib",
    ];
    const shapeOf = (uniqueId: number): string => shapes[uniqueId % shapes.length]!;
    bad.post(shapeOf(1));
    const viewer = await CountingViewer.open(service.url("/mjpg/BAD"));
    await service.healthyThrough(async () => {
      bad.run(FPS, () => bad.post(shapeOf(bad.posted + 1)));
      await until(() => viewer.pictures.length >= 10 * shapes.length, "pictures stopped");
      bad.rest();
    });
    const sizes = viewer.pictures.map(({ uniqueId, width, height }) => [uniqueId, `${width}x${height}`]);
    expect(sizes).toEqual(
      viewer.pictures.map(({ uniqueId }) => [uniqueId, /\d+x\d+/u.exec(shapeOf(uniqueId))![0]]),
    );
    expect(new Set(viewer.pictures.map(({ uniqueId }) => shapeOf(uniqueId))).size).toBe(shapes.length);
    expect(viewer.outOfTurn).toBe(0);
    viewer.close();
  },
);

test.skipIf(skip)(
  "of a camera that corrupts one frame in three every sound one is shown, and each frame has one fate",
  async () => {
    await using service = await WatchedService.start();
    const { bad } = service;
    const sound = "SIM:gradient:80x60:lz4";
    const lies = [
      { codec: { name: "jpeg" } },
      {
        dimension: [80, 61].map((size) => ({ size, offset: 0, fullSize: size, binning: 1, reverse: false })),
      },
      { codec: { name: "wavelet" } },
      { codec: { name: "bslz4" } },
      { uncompressedSize: 1n },
    ];
    const isCorrupt = (uniqueId: number): boolean => uniqueId % 3 === 0;
    bad.post(sound);
    const viewer = await CountingViewer.open(service.url("/mjpg/BAD"));
    await service.healthyThrough(async () => {
      bad.run(FPS, () => {
        const next = bad.posted + 1;
        bad.post(sound, isCorrupt(next) ? lies[(next / 3) % lies.length] : {});
      });
      await until(() => bad.posted >= 150, "the camera stopped");
      bad.rest();
    });
    await until(
      () => viewer.pictures.at(-1)!.uniqueId >= bad.posted - 1,
      "the last sound frame was not shown",
    );
    expect(viewer.pictures.filter(({ uniqueId }) => isCorrupt(uniqueId))).toEqual([]);
    const { frames } = await service.report("BAD");
    const lost = Object.values({ ...frames.lost }).reduce((sum, count) => sum + count);
    // The newest frame's end is not known before the next one comes.
    expect(frames.encoded + lost).toBeWithin(bad.posted - 1, bad.posted + 1);
    expect(frames.lost.failed).toBeWithin(0.9 * 50, 51);
    expect(viewer.pictures.length).toBeGreaterThanOrEqual(0.9 * 100);
    viewer.close();
  },
);
