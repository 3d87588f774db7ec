import { beforeEach, describe, expect, test } from "bun:test";
import { ImageFault } from "../../server/source/index.ts";
import { RAW_HEADROOM, type RawPicture, type RawViewer } from "../../server/stream/index.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

async function watchRaw(options: { fps?: number } = {}): Promise<RawViewer> {
  const opening = stage.registry.openRaw("CAM", options);
  if (stage.source().published === 0) {
    stage.source().connect();
    stage.source().publish({ iocTime: 5000 });
  }
  await stage.advance(0);
  return opening;
}

function follow(viewer: RawViewer): RawPicture[] {
  const taken: RawPicture[] = [];
  const take = async (): Promise<void> => {
    for (;;) {
      const picture = await viewer.next();
      if (picture === undefined) return;
      taken.push(picture);
    }
  };
  void take();
  return taken;
}

async function publish(count: number, interval: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await stage.advance(interval);
    stage.source().publish();
  }
  await stage.advance(0);
}

describe("StreamRegistry.openRaw", () => {
  test("gives the pixels as they came with what is known of the frame, and asks for no worker", async () => {
    const picture = await (await watchRaw()).next();
    expect(picture).toMatchObject({
      kind: "raw",
      width: 4,
      height: 2,
      sampleType: "uint8",
      colourMode: "mono",
      bigEndian: false,
      sequence: 1,
      uniqueId: 10,
      iocTime: 5000,
      receivedAt: 0,
      repeat: false,
    });
    expect([...picture!.bytes]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(picture!.bytes.byteOffset).toBe(RAW_HEADROOM);
    expect(stage.encoder.jobs).toHaveLength(0);
  });

  test("makes one copy for all viewers of a frame, and holds the frame no longer than that", async () => {
    const viewers = await Promise.all([watchRaw(), watchRaw(), watchRaw()]);
    const pictures = await Promise.all(viewers.map((viewer) => viewer.next()));
    expect(new Set(pictures.map((picture) => picture!.bytes)).size).toBe(1);
    expect(stage.holds.count).toBe(1);
  });

  test("copies nothing while nobody waits", async () => {
    const viewer = await watchRaw();
    await viewer.next();
    await publish(20, 100);
    expect(stage.registry.report("CAM")).toMatchObject({ framesIn: 21, framesEncoded: 1 });
    expect((await viewer.next())?.sequence).toBe(21);
  });

  test("keeps its own pace and its own count of losses, as a viewer of pictures does", async () => {
    const [all, some] = [follow(await watchRaw()), await watchRaw({ fps: 5 })];
    const paced = follow(some);
    await publish(100, 50);
    expect([all.length, Math.round(paced.length / 5)]).toEqual([101, 5]);
    stage.source().publish();
    expect(some.drops.paced + paced.length).toBe(101);
    expect(some.report).toMatchObject({ fps: 5 });
  });

  test("shares its stream with viewers of pictures, and counts a frame that both had once", async () => {
    const taken = follow(await watchRaw());
    stage.follow(await stage.watch());
    await publish(10, 100);
    expect([taken.length, stage.encoder.jobs.length, stage.opened]).toEqual([11, 11, 1]);
    expect(stage.registry.report("CAM")).toMatchObject({ framesIn: 11, framesEncoded: 10 });
    const recipes = stage.registry.report("CAM")!.renditions.map(({ recipe }) => recipe);
    expect(recipes).toContain("raw");
  });

  test("repeats the last frame for who asks for it", async () => {
    const viewer = await watchRaw();
    const first = await viewer.next();
    const again = viewer.next({ repeatAfterMs: 5000 });
    await stage.advance(5000);
    expect(await again).toEqual({ ...first!, repeat: true });
  });

  test("is refused as a viewer of pictures is", async () => {
    const refused = watchRaw().catch((error: unknown) => error);
    stage.source().fault(new ImageFault("not-an-image", "structure", "it is a table"));
    expect(await watchRaw().catch((error: unknown) => error)).toMatchObject({ code: "not-an-image" });
    expect(await refused).toMatchObject({ code: "not-an-image" });
    const lost = stage.registry.openRaw("OTHER").catch((error: unknown) => error);
    await stage.advance(3000);
    expect(await lost).toMatchObject({ code: "pv-not-found" });
  });

  test("leaves the thread to others while a large frame is copied, and holds the frame until it is", async () => {
    const viewer = await watchRaw();
    await viewer.next();
    const next = viewer.next();
    await stage.advance(40);
    let turns = 0;
    let over = false;
    const countTurns = (): void => {
      turns++;
      if (!over) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    stage.source().publish({ width: 4 * 2 ** 20 });
    await new Promise((resolve) => setImmediate(resolve));
    stage.source().publish();
    expect(stage.holds.count).toBe(2);
    const picture = await next;
    over = true;
    expect(turns).toBeGreaterThanOrEqual(7);
    expect(picture?.sequence).toBe(2);
    expect(picture?.bytes.byteLength).toBe(8 * 2 ** 20);
    expect(picture?.bytes.every((byte) => byte === 2)).toBe(true);
    expect(stage.holds.count).toBe(1);
  });

  test("leaves no rendition behind", async () => {
    const viewer = await watchRaw();
    viewer.close();
    await stage.advance(0);
    expect(stage.registry.report("CAM")!.renditions).toEqual([]);
  });
});
