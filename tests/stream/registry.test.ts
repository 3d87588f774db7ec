import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { ServiceError } from "../../server/errors.ts";
import { ImageFault } from "../../server/source/index.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { isPending, Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

/** The error with which a promise rejects. */
async function refusal(promise: Promise<unknown>): Promise<ServiceError> {
  const error: unknown = await promise.then(
    () => new Error("was not refused"),
    (error: unknown) => error,
  );
  if (!(error instanceof ServiceError)) throw error;
  return error;
}

/** Opens CAM and lets `milliseconds` pass, after `meanwhile`. */
async function openFor(milliseconds: number, meanwhile: () => void = () => undefined): Promise<ServiceError> {
  const refused = refusal(stage.registry.open("CAM", DEFAULT_RECIPE));
  meanwhile();
  await stage.advance(milliseconds);
  return refused;
}

const notAnImage = new ImageFault("not-an-image", "structure", "it is a NTScalar");

describe("StreamRegistry.open", () => {
  test("resolves as soon as the first picture is encoded, not before", async () => {
    stage.encoder.duration = () => 20;
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE);
    stage.source().connect();
    stage.source().publish();
    await stage.advance(0);
    await stage.advance(19);
    expect(await isPending(opening)).toBe(true);
    await stage.advance(1);
    expect((await (await opening).next())?.sequence).toBe(1);
    expect(stage.encoder.jobs).toHaveLength(1);
  });

  test("refuses a PV that no server answers for with pv-not-found, after the connect timeout", async () => {
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE);
    const refused = refusal(opening);
    await stage.advance(2999);
    expect(await isPending(opening)).toBe(true);
    await stage.advance(1);
    const { code, message, pv } = await refused;
    expect([code, pv]).toEqual(["pv-not-found", "CAM"]);
    expect(message).toBe("No EPICS server answered for CAM within 3 s.");
    expect(stage.source().stopped).toBe(true);
    expect(stage.registry.list()).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });

  test("refuses a PV without an image with no-image-yet", async () => {
    const { code, message } = await openFor(3000, () => stage.source().connect());
    expect(code).toBe("no-image-yet");
    expect(message).toContain("10.0.0.7:5075");
  });

  test("refuses with no-image-yet while the first image waits for a worker", async () => {
    stage.encoder.duration = () => 10_000;
    const { code, message } = await openFor(3000, () => {
      stage.source().connect();
      stage.source().publish();
    });
    expect(code).toBe("no-image-yet");
    expect(message).toContain("could not be encoded yet");
  });

  test("refuses a PV that is not an image at once, with what it is", async () => {
    const { code, message, cause } = await openFor(0, () => {
      stage.source().connect();
      stage.source().fault(notAnImage);
    });
    expect(code).toBe("not-an-image");
    expect(message).toContain("it is a NTScalar");
    expect(cause).toBe(notAnImage);
  });

  test("waits on after one bad frame, and refuses with it when no better one comes", async () => {
    const bad = new ImageFault("bad-frame", "size", "8 bytes are too few for 4 × 4");
    const { code, message } = await openFor(3000, () => {
      stage.source().connect();
      stage.source().fault(bad);
    });
    expect(code).toBe("bad-image");
    expect(message).toContain("8 bytes are too few");
  });

  test("refuses an image too large to be encoded with not-an-image, and a lost worker with no-image-yet", async () => {
    const codes: string[] = [];
    for (const code of ["cannot-encode", "worker-crashed"] as const) {
      stage.encoder.failure = () => new EncodeError(code, "70000 pixels are too wide");
      const refused = await openFor(100, () => {
        stage.source().connect();
        stage.source().publish();
      });
      codes.push(refused.code);
      expect(refused.message).toContain("70000 pixels are too wide");
    }
    expect(codes).toEqual(["not-an-image", "no-image-yet"]);
  });

  test("refuses a recipe that the image cannot fulfil at once, with the wish", async () => {
    const wish = { option: "plane", value: "7", allowed: "from 0 to 2" };
    stage.encoder.failure = () => new EncodeError("bad-recipe", "plane=7 is not allowed", wish);
    const refused = await openFor(0, () => {
      stage.source().connect();
      stage.source().publish();
    });
    expect(refused).toMatchObject({ code: "bad-option", pv: "CAM", wish });
    expect(refused.message).toContain("plane=7 is not allowed");
    expect(stage.lines.filter((line) => line.includes("could not be encoded"))).toHaveLength(1);
  });

  test("waits on after a frame that could not be unpacked, and opens with the next", async () => {
    let broken = true;
    stage.encoder.failure = () => (broken ? new EncodeError("bad-frame", "bslz4 data, byte 7") : undefined);
    const opening = stage.watch();
    await stage.advance(100);
    broken = false;
    stage.source().publish();
    await stage.advance(0);
    expect(await opening).toBeDefined();
    stage.source().publish();
    await stage.advance(0);
    expect((await opening).status.drops.failed).toBe(1);
  });

  test("refuses with bad-image when frames come and none can be unpacked", async () => {
    stage.encoder.failure = () => new EncodeError("bad-frame", "bslz4 data, byte 7");
    const refused = await openFor(3000, () => {
      stage.source().connect();
      stage.source().publish();
    });
    expect(refused.code).toBe("bad-image");
    expect(refused.message).toContain("bslz4 data, byte 7");
  });

  test("refuses a viewer who asks for no pictures at all", async () => {
    expect((await refusal(stage.registry.open("CAM", DEFAULT_RECIPE, { fps: 0 }))).code).toBe("bad-option");
    expect((await refusal(stage.registry.open("CAM", DEFAULT_RECIPE, { fps: NaN }))).code).toBe("bad-option");
    expect(stage.opened).toBe(0);
  });

  test("gives up with the signal's reason when it aborts, and leaves nothing behind", async () => {
    const control = new AbortController();
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE, { signal: control.signal });
    const gone = new Error("the client is gone");
    control.abort(gone);
    expect(await opening.catch((error: unknown) => error)).toBe(gone);
    expect([stage.registry.list().length, stage.clock.pending]).toEqual([0, 0]);
  });

  test("does not even begin for a signal that has aborted before", async () => {
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE, { signal: AbortSignal.abort() });
    expect(await opening.catch(() => "aborted")).toBe("aborted");
    expect(stage.opened).toBe(0);
  });

  test("closes the viewer when the signal aborts later", async () => {
    const control = new AbortController();
    const viewer = await stage.watch({ signal: control.signal });
    await viewer.next();
    const waiting = viewer.next();
    control.abort();
    expect(await waiting).toBeUndefined();
    expect(stage.registry.list()[0]?.state).toBe("lingering");
  });

  test("lets one source serve all viewers of a PV, and another those of another", async () => {
    await stage.watch();
    await stage.watch({ recipe: { ...DEFAULT_RECIPE, quality: 50 } });
    await stage.watch({ pv: "OTHER" });
    expect(stage.opened).toBe(2);
    expect(stage.registry.list().map(({ pv, viewers }) => [pv, viewers])).toEqual([
      ["CAM", 2],
      ["OTHER", 1],
    ]);
  });

  test("keeps the stream for the one who waits on when another gives up", async () => {
    const first = refusal(stage.registry.open("CAM", DEFAULT_RECIPE));
    await stage.advance(2000);
    const second = stage.registry.open("CAM", DEFAULT_RECIPE);
    await stage.advance(1500);
    expect((await first).code).toBe("pv-not-found");
    stage.source().connect();
    stage.source().publish();
    await stage.advance(0);
    expect((await (await second).next())?.sequence).toBe(1);
    expect(stage.opened).toBe(1);
  });
});

describe("a lingering stream", () => {
  test("ends its monitor after the linger, and not while somebody watches", async () => {
    const viewer = await stage.watch();
    await stage.advance(120_000);
    expect(stage.source().stopped).toBe(false);
    viewer.close();
    await stage.advance(59_999);
    expect(stage.source().stopped).toBe(false);
    await stage.advance(1);
    expect(stage.source().stopped).toBe(true);
    expect([stage.holds.count, stage.clock.pending]).toEqual([0, 0]);
  });

  test("encodes nothing", async () => {
    const viewer = await stage.watch();
    viewer.close();
    const before = stage.encoder.jobs.length;
    for (let frame = 0; frame < 100; frame++) {
      stage.source().publish();
      await stage.advance(10);
    }
    expect(stage.encoder.jobs).toHaveLength(before);
  });

  test("gives its newest frame to a viewer who comes, at once, and not the picture of an older one", async () => {
    const viewer = await stage.watch();
    expect((await viewer.next())?.sequence).toBe(1);
    viewer.close();
    await stage.advance(10_000);
    stage.source().publish();
    stage.source().publish();
    const before = stage.clock.now();
    const back = await stage.watch();
    expect((await back.next())?.sequence).toBe(3);
    expect([stage.clock.now() - before, stage.opened]).toEqual([0, 1]);
  });

  test("does not pass off a picture from before a lost connection as new", async () => {
    const viewer = await stage.watch();
    viewer.close();
    stage.source().state({ kind: "disconnected", reason: "the IOC was stopped" });
    const refused = refusal(stage.registry.open("CAM", DEFAULT_RECIPE));
    await stage.advance(3000);
    const { code, message } = await refused;
    expect(code).toBe("pv-not-found");
    expect(message).toContain("the IOC was stopped");
  });

  test("opens for a viewer who came while disconnected with the first frame after it", async () => {
    (await stage.watch()).close();
    stage.source().state({ kind: "disconnected", reason: "gone" });
    const opening = stage.registry.open("CAM", DEFAULT_RECIPE);
    stage.source().connect();
    await stage.advance(100);
    expect(await isPending(opening)).toBe(true);
    stage.source().publish();
    await stage.advance(0);
    expect((await (await opening).next())?.sequence).toBe(2);
  });
});

describe("StreamRegistry.close", () => {
  test("ends viewers, those who wait for a first picture, monitors and alarms", async () => {
    const viewer = await stage.watch();
    await viewer.next();
    const waiting = viewer.next({ repeatAfterMs: 5000 });
    const refused = refusal(stage.registry.open("OTHER", DEFAULT_RECIPE));
    await stage.registry.close();
    expect(await waiting).toBeUndefined();
    expect(await viewer.next()).toBeUndefined();
    expect((await refused).code).toBe("stopping");
    expect([...stage.sources.values()].every(({ stopped }) => stopped)).toBe(true);
    expect([stage.clock.pending, stage.holds.count]).toEqual([0, 0]);
    expect(viewer.status.state).toBe("closed");
  });

  test("resolves only when a job under way has let its frame go", async () => {
    const viewer = await stage.watch();
    stage.encoder.duration = () => 40;
    await viewer.next();
    void viewer.next();
    stage.source().publish();
    await stage.advance(20);
    const closing = stage.registry.close();
    expect(await isPending(closing)).toBe(true);
    await stage.advance(40);
    await closing;
    expect(stage.holds.count).toBe(0);
  });

  test("takes no new viewers", async () => {
    await stage.registry.close();
    expect((await refusal(stage.registry.open("CAM", DEFAULT_RECIPE))).code).toBe("stopping");
  });
});

describe("StreamRegistry.latest", () => {
  test("is the picture that viewers of the recipe have, and begins nothing where there are none", async () => {
    expect(stage.registry.latest("CAM", DEFAULT_RECIPE)).toBeUndefined();
    expect(stage.opened).toBe(0);
    const viewer = await stage.watch();
    const picture = (await viewer.next())!;
    expect(stage.registry.latest("CAM", { ...DEFAULT_RECIPE })).toBe(picture);
    expect(stage.registry.latest("CAM", { ...DEFAULT_RECIPE, quality: 50 })).toBeUndefined();
    expect(stage.encoder.jobs).toHaveLength(1);
  });
});
