import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const crash = new EncodeError("worker-crashed", "the worker ended");

async function publish(count: number, interval: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await stage.advance(interval);
    stage.source().publish();
  }
  await stage.advance(0);
}

/** Fails so many jobs that begin from now on. */
function failNext(count: number, error: Error): void {
  let left = count;
  stage.encoder.failure = () => (left-- > 0 ? error : undefined);
}

const open = (): Promise<unknown> =>
  stage.registry.open("CAM", DEFAULT_RECIPE).catch((error: unknown) => error);

describe("a worker that is lost over a frame", () => {
  test("costs a still camera nothing: the frame is tried once more", async () => {
    const { taken, viewer } = stage.follow(await stage.watch());
    failNext(1, crash);
    await publish(1, 100);
    await stage.advance(100);
    expect(taken.map(({ picture }) => picture.sequence)).toEqual([1, 2]);
    expect(viewer.drops.failed).toBe(0);
    stage.source().publish();
    expect(viewer.status.drops).toEqual({ overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 });
    expect(viewer.status.state).toBe("live");
  });

  test("is not given the same frame a third time", async () => {
    const { viewer } = stage.follow(await stage.watch());
    failNext(2, crash);
    await publish(1, 100);
    await stage.advance(4000);
    expect(stage.encoder.jobs.map(({ job }) => job.frame.sequence)).toEqual([1, 2, 2]);
    expect(viewer.drops.failed).toBe(1);
    expect(viewer.status.state).toBe("stalled");
  });

  test("is given the newer frame if one has come meanwhile, and each is counted once", async () => {
    const { viewer } = stage.follow(await stage.watch());
    stage.encoder.duration = () => 50;
    failNext(1, crash);
    await publish(2, 40);
    await stage.advance(200);
    expect(stage.encoder.jobs.map(({ job }) => job.frame.sequence)).toEqual([1, 2, 3]);
    expect(viewer.drops).toMatchObject({ failed: 1, skipped: 0 });
    stage.source().publish();
    expect(viewer.status.drops).toMatchObject({ failed: 1, skipped: 0 });
  });

  test("does not keep the stream from closing while it waits for another worker", async () => {
    stage.follow(await stage.watch());
    failNext(1, crash);
    await publish(1, 100);
    await stage.registry.close();
    expect([stage.holds.count, stage.encoder.waiting, stage.clock.pending]).toEqual([0, 0, 0]);
  });
});

describe("a PV whose images cost three workers within a minute", () => {
  const crashThrice = async (): Promise<void> => {
    failNext(3, crash);
    await publish(2, 1000);
    await stage.advance(100);
  };

  test("has no jobs for a minute, and goes on after it on the same connection", async () => {
    const { taken, viewer } = stage.follow(await stage.watch());
    await crashThrice();
    const jobs = stage.encoder.jobs.length;
    await publish(58, 1000);
    expect(stage.encoder.jobs).toHaveLength(jobs);
    expect(viewer.status).toMatchObject({ state: "stalled" });
    expect(viewer.status.reason).toContain("cost 3 encoder workers");
    await publish(5, 1000);
    expect(taken.at(-1)!.picture.sequence).toBe(stage.source().published);
    expect(viewer.status.state).toBe("live");
  });

  test("loses its frames under one name meanwhile, each once", async () => {
    const { taken, viewer } = stage.follow(await stage.watch());
    await crashThrice();
    await publish(70, 1000);
    const { failed, ...others } = viewer.drops;
    expect(others).toEqual({ overrun: 0, skipped: 0, paced: 0, slow: 0 });
    expect(failed + taken.length).toBe(73);
    stage.source().publish();
    const report = stage.registry.report("CAM")!;
    expect(report.drops.failed + report.framesEncoded).toBe(73);
  });

  test("is refused to newcomers with the reason, also after its stream has closed, and logged once", async () => {
    const { viewer } = stage.follow(await stage.watch());
    await crashThrice();
    viewer.close();
    stage.registry.report("CAM");
    expect(await open()).toMatchObject({ name: "ServiceError", code: "quarantined" });
    const glimpse = stage.registry.glimpse("CAM", { maxAgeMs: 1000 }).catch((error: unknown) => error);
    expect(await glimpse).toMatchObject({ code: "quarantined" });
    expect(stage.lines.filter((line) => line.includes("3 workers were lost"))).toHaveLength(1);
    await stage.advance(60_000);
    expect(stage.source().stopped).toBe(true);
    const opening = stage.watch();
    await stage.advance(100);
    expect(await opening).toBeDefined();
  });

  test("is not refused to those who want its frames raw", async () => {
    stage.follow(await stage.watch());
    await crashThrice();
    const raw = await stage.registry.openRaw("CAM");
    expect((await raw.next())?.kind).toBe("raw");
  });

  test("leaves other PVs alone", async () => {
    stage.follow(await stage.watch());
    await crashThrice();
    expect(await stage.watch({ pv: "OTHER" })).toBeDefined();
  });

  test("also counts the jobs of snapshots", async () => {
    for (let job = 0; job < 3; job++) {
      expect(stage.registry.failed("CAM", crash)).toMatchObject({ code: "no-image-yet" });
    }
    expect(await open()).toMatchObject({ code: "quarantined" });
  });

  test("is not one whose crashes are further apart, nor one whose frames are only damaged", async () => {
    stage.follow(await stage.watch());
    for (let minute = 0; minute < 5; minute++) {
      failNext(2, crash);
      await publish(1, 61_000);
    }
    failNext(20, new EncodeError("bad-frame", "cut off"));
    await publish(20, 100);
    expect(await stage.watch()).toBeDefined();
  });

  test("is one whose images hang workers, however long that takes", async () => {
    stage.follow(await stage.watch());
    failNext(3, new EncodeError("timeout", "A job took longer than 60 s."));
    await publish(3, 61_000);
    expect(await open()).toMatchObject({ code: "quarantined" });
  });
});
