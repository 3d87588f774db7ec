import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import type { StreamStatus } from "../../server/stream/index.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const notAnImage = new ImageFault("not-an-image", "structure", "it is a table now");

describe("Stream", () => {
  test("says in its status what the camera sends and what became of it", async () => {
    const { viewer } = stage.follow(await stage.watch());
    await stage.advance(100);
    stage.source().publish({ width: 7, missed: 3 });
    await stage.advance(0);
    expect(viewer.status).toEqual({
      pv: "CAM",
      state: "live",
      reason: "Images are coming.",
      width: 7,
      height: 2,
      sampleType: "uint8",
      colourMode: "mono",
      cameraFps: 10,
      encodedFps: 10,
      viewers: 1,
      encoder: "mozjpeg",
      encoderWhy: viewer.status.encoderWhy!,
      drops: { overrun: 3, skipped: 0, paced: 0, slow: 0, failed: 0 },
    });
  });

  test("tells its viewers of each change once, and those who have left of nothing", async () => {
    const viewer = await stage.watch();
    const told: string[] = [];
    const tell = ({ state, width }: StreamStatus): void => void told.push(`${state} ${width}`);
    viewer.onStatus(tell);
    const end = viewer.onStatus(tell);
    end();
    stage.source().publish();
    stage.source().publish({ width: 9 });
    stage.source().state({ kind: "disconnected", reason: "gone" });
    stage.source().connect();
    expect(told).toEqual(["live 9", "disconnected 9", "stalled 9"]);
    viewer.close();
    stage.source().publish({ width: 5 });
    expect(told).toHaveLength(3);
  });

  test("counts every frame under one name over its whole life", async () => {
    const viewer = await stage.watch();
    await viewer.next();
    stage.encoder.duration = () => 100;
    let failures = 0;
    stage.encoder.failure = ({ frame }) => {
      if (frame.sequence < 120) return undefined;
      failures++;
      return new EncodeError("bad-frame", "cut off");
    };
    let waiting = false;
    for (let frame = 0; frame < 200; frame++) {
      if (frame % 50 === 20 && !waiting) {
        waiting = true;
        void viewer.next().then(() => (waiting = false));
      }
      await stage.advance(10);
      stage.source().publish();
    }
    await stage.advance(1000);
    await stage.registry.close();
    const { overrun, skipped, paced, slow, failed } = viewer.status.drops;
    const encoded = stage.encoder.jobs.length - failures;
    expect([overrun, failed]).toEqual([0, failures]);
    expect(skipped + paced + slow + failed + encoded).toBe(stage.source().published);
    expect(Math.min(skipped, paced, slow, failed, encoded)).toBeGreaterThan(0);
  });

  test("counts an update that is no image as failed, and waits on", async () => {
    const { viewer, taken } = stage.follow(await stage.watch());
    stage.source().fault(new ImageFault("not-an-image", "codec", "packed as nobody knows how"));
    await stage.advance(100);
    expect(viewer.status.drops.failed).toBe(1);
    expect(viewer.drops.failed).toBe(1);
    stage.source().publish();
    await stage.advance(0);
    expect(taken).toHaveLength(2);
  });

  test("counts an image that found no slot as skipped, and as a sign of life", async () => {
    const { viewer } = stage.follow(await stage.watch());
    for (let second = 0; second < 6; second++) {
      await stage.advance(1000);
      stage.source().skip();
    }
    expect(viewer.status).toMatchObject({ state: "live", drops: { skipped: 6 } });
    expect(viewer.status.cameraFps).toBeCloseTo(1);
    expect(viewer.drops.skipped).toBe(6);
  });

  test("does not hold against a server what the one before it sent", async () => {
    await stage.watch();
    stage.source().fault(notAnImage);
    stage.source().state({ kind: "disconnected", reason: "gone" });
    stage.source().connect();
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE);
    await stage.advance(100);
    stage.source().publish();
    await stage.advance(100);
    expect(await opening).toBeDefined();
  });

  test("refuses newcomers while the PV is not an image any more, and takes them when it is again", async () => {
    await stage.watch();
    stage.source().fault(notAnImage);
    const refused = await stage.registry.open("CAM", DEFAULT_RECIPE).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "not-an-image" });
    stage.source().publish();
    expect(await stage.watch()).toBeDefined();
  });

  test("says why a stalled camera shows nothing new", async () => {
    const viewer = await stage.watch();
    await stage.advance(5000);
    stage.source().fault(notAnImage);
    expect(viewer.status).toMatchObject({ state: "stalled", reason: "it is a table now" });
  });

  test("tells those whose pictures cannot be encoded that they are stalled, and why, until they can be", async () => {
    const { viewer } = stage.follow(await stage.watch());
    const told: string[] = [];
    viewer.onStatus(({ state, reason }) => told.push(`${state}: ${reason}`));
    for (const broken of [true, true, false]) {
      stage.encoder.failure = () => (broken ? new EncodeError("bad-frame", "too wide") : undefined);
      await stage.advance(100);
      stage.source().publish();
      await stage.advance(0);
    }
    expect(told).toEqual(["stalled: Images come, but are damaged: too wide", "live: Images are coming."]);
  });

  test("goes on with the last picture while frames do not fit the recipe, and says so until they fit again", async () => {
    const { viewer, taken } = stage.follow(await stage.watch());
    const wish = { option: "roi", value: "9,9,1,1", allowed: "to begin inside the frame" };
    stage.encoder.failure = () => new EncodeError("bad-recipe", "roi=9,9,1,1 is not allowed", wish);
    await stage.advance(100);
    stage.source().publish();
    await stage.advance(0);
    expect(viewer.status).toMatchObject({
      state: "stalled",
      failure: "bad-recipe",
      reason: "Images come, but cannot be shown as asked: roi=9,9,1,1 is not allowed",
    });
    expect(stage.registry.list()[0]!.renditions[0]).toMatchObject({
      failure: viewer.status.reason,
      picture: { source: "mozjpeg", region: { x: 0, y: 0, width: 4, height: 2, plane: 0 } },
    });
    stage.encoder.failure = () => undefined;
    await stage.advance(100);
    stage.source().publish();
    await stage.advance(0);
    expect(viewer.status.state).toBe("live");
    expect(viewer.status).not.toHaveProperty("failure");
    expect(taken.map(({ picture }) => picture.sequence)).toEqual([1, 3]);
  });

  test("does not complain of pictures that are given up because the service ends", async () => {
    stage.follow(await stage.watch());
    stage.encoder.failure = () => new EncodeError("closed", "The encoder pool was closed.");
    await stage.advance(100);
    stage.source().publish();
    await stage.advance(100);
    expect(stage.encoder.jobs).toHaveLength(2);
    expect(stage.lines.filter((line) => line.includes("could not be encoded"))).toEqual([]);
  });

  test("admits a newcomer at once after an encoder's failure has passed, and logs the next one again", async () => {
    const { viewer } = stage.follow(await stage.watch());
    for (const broken of [true, false, true, false]) {
      stage.encoder.failure = () => (broken ? new EncodeError("timeout", "hung") : undefined);
      await stage.advance(100);
      stage.source().publish();
      await stage.advance(0);
    }
    expect(stage.lines.filter((line) => line.includes("could not be encoded"))).toHaveLength(2);
    expect((await (await stage.watch()).next())?.sequence).toBe(5);
    expect(viewer.status.drops.failed).toBe(2);
  });

  test("encodes at the pace of those who are left when its fastest viewer has gone", async () => {
    const publish = async (frames: number): Promise<void> => {
      for (let frame = 0; frame < frames; frame++) {
        await stage.advance(10);
        stage.source().publish();
      }
    };
    const fast = await stage.watch({ fps: 30 });
    stage.follow(fast);
    stage.follow(await stage.watch({ fps: 5 }));
    await publish(9);
    stage.follow(await stage.watch({ fps: 5 }));
    await publish(100);
    fast.close();
    const before = stage.encoder.jobs.length;
    await publish(1000);
    expect(Math.abs(stage.encoder.jobs.length - before - 50)).toBeLessThanOrEqual(1);
  });

  test("lets go of a signal that outlives its viewer", async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      listeners++;
      add(...all);
    };
    signal.removeEventListener = (...all: Parameters<typeof remove>) => {
      listeners--;
      remove(...all);
    };
    const viewer = await stage.watch({ signal });
    expect(listeners).toBe(1);
    viewer.close();
    expect(listeners).toBe(0);
  });

  test("keeps an <img> alive: the last picture comes again and again while the camera is away", async () => {
    const viewer = await stage.watch();
    const first = await viewer.next();
    stage.source().state({ kind: "disconnected", reason: "gone" });
    for (let round = 0; round < 3; round++) {
      const next = viewer.next({ repeatAfterMs: 5000 });
      await stage.advance(5000);
      expect(await next).toMatchObject({ repeat: true, sequence: first!.sequence });
    }
    expect(stage.encoder.jobs).toHaveLength(1);
  });
});
