import { beforeEach, describe, expect, test } from "bun:test";
import type { CameraFrame } from "../../server/source/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import { isPending, Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const glimpse = (maxAgeMs: number, signal?: AbortSignal): Promise<CameraFrame> =>
  stage.registry.glimpse("CAM", signal === undefined ? { maxAgeMs } : { maxAgeMs, signal });

/** What a glimpse is refused with after `milliseconds`. */
async function refusal(maxAgeMs: number, milliseconds: number, meanwhile = (): void => {}): Promise<Error> {
  const refused = glimpse(maxAgeMs).then(
    () => new Error("it was not refused"),
    (error: unknown) => error as Error,
  );
  meanwhile();
  await stage.advance(milliseconds);
  return refused;
}

describe("StreamRegistry.glimpse", () => {
  test("waits no longer than the connect timeout since its asker began to wait", async () => {
    await stage.watch();
    const askedAt = stage.clock.now();
    await stage.advance(2000);
    const late = stage.registry.glimpse("CAM", { maxAgeMs: 0, askedAt });
    const refused = late.catch((error: unknown) => error);
    await stage.advance(999);
    expect(await isPending(late)).toBe(true);
    await stage.advance(1);
    expect(await refused).toMatchObject({ code: "no-image-yet" });
    const tooLate = stage.registry.glimpse("CAM", { maxAgeMs: 0, askedAt }).catch((error: unknown) => error);
    await stage.advance(0);
    expect(await tooLate).toMatchObject({ code: "no-image-yet" });
  });

  test("opens a stream, gives its first frame, held for the caller, and leaves the linger behind", async () => {
    const glimpsed = glimpse(1000);
    stage.source().connect();
    stage.source().publish();
    const frame = await glimpsed;
    expect(frame.sequence).toBe(1);
    stage.source().publish();
    expect(stage.holds.count).toBe(2);
    frame.release();
    expect(stage.registry.report("CAM")!.state).toBe("lingering");
    await stage.advance(59_999);
    expect(stage.source().stopped).toBe(false);
    await stage.advance(1);
    expect(stage.source().stopped).toBe(true);
    expect([stage.holds.count, stage.clock.pending]).toEqual([0, 0]);
  });

  test("gives the newest frame at once while it is fresh enough, else the next", async () => {
    await stage.watch();
    await stage.advance(500);
    const fresh = await glimpse(500);
    expect(fresh.sequence).toBe(1);
    fresh.release();
    const next = glimpse(499);
    expect(await isPending(next)).toBe(true);
    stage.source().publish();
    expect((await next).sequence).toBe(2);
  });

  test("with a maxAge of 0 never gives a frame that was there before", async () => {
    await stage.watch();
    const next = glimpse(0);
    expect(await isPending(next)).toBe(true);
    stage.source().publish();
    expect((await next).sequence).toBe(2);
  });

  test("gives the same frame to all who wait, held once for each", async () => {
    const glimpsed = [glimpse(0), glimpse(0), glimpse(0)];
    stage.source().connect();
    stage.source().publish();
    const frames = await Promise.all(glimpsed);
    expect(new Set(frames).size).toBe(1);
    expect(stage.holds.count).toBe(4);
    for (const frame of frames) frame.release();
    expect(stage.holds.count).toBe(1);
  });

  test("is refused as a viewer is, after the connect timeout", async () => {
    expect(await refusal(0, 3000)).toMatchObject({ code: "pv-not-found" });
    expect(await refusal(0, 3000, () => stage.source().connect())).toMatchObject({ code: "no-image-yet" });
    const damaged = new ImageFault("bad-frame", "size", "12 bytes of 16");
    const faulty = await refusal(0, 3000, () => {
      stage.source().connect();
      stage.source().fault(damaged);
    });
    expect(faulty).toMatchObject({ code: "bad-image" });
    expect(stage.clock.pending).toBe(0);
  });

  test("is refused at once where the PV is no image", async () => {
    const table = new ImageFault("not-an-image", "structure", "it is a table");
    const refused = await refusal(0, 0, () => {
      stage.source().connect();
      stage.source().fault(table);
    });
    expect(refused).toMatchObject({ code: "not-an-image" });
  });

  test("says how old the newest frame of a still camera is", async () => {
    await stage.watch();
    await stage.advance(9000);
    const refused = await refusal(1000, 3000);
    expect(refused).toMatchObject({ code: "no-image-yet" });
    expect(refused.message).toContain("its newest image is 12.0 s old, and none came within 3 s");
  });

  test("ends with the caller, before the frame and not after", async () => {
    const control = new AbortController();
    const gone = glimpse(0, control.signal).catch((error: unknown) => error);
    control.abort("left");
    expect(await gone).toBe("left");
    expect(stage.source().stopped).toBe(true);
    expect(stage.clock.pending).toBe(0);
    const late = new AbortController();
    const glimpsed = glimpse(0, late.signal);
    stage.source().connect();
    stage.source().publish();
    late.abort();
    expect((await glimpsed).sequence).toBe(1);
  });

  test("keeps a lingering stream for as long as it waits, without a change of state", async () => {
    (await stage.watch()).close();
    const lines = stage.lines.length;
    await stage.advance(58_000);
    const waiting = glimpse(0);
    await stage.advance(2500);
    stage.source().publish();
    (await waiting).release();
    await stage.advance(59_000);
    expect(stage.source().stopped).toBe(false);
    expect(stage.lines).toHaveLength(lines);
  });

  test("counts the frame it takes as handed on, once", async () => {
    await stage.watch();
    const waiting = glimpse(0);
    stage.source().publish();
    await waiting;
    stage.source().publish();
    expect(stage.registry.report("CAM")).toMatchObject({ framesIn: 3, framesEncoded: 2 });
  });

  test("ends with the server", async () => {
    const refused = refusal(0, 0, () => void stage.registry.close());
    expect(await refused).toMatchObject({ code: "stopping" });
  });
});
