import { beforeEach, describe, expect, test } from "bun:test";
import { EncodeError } from "../../server/encode/index.ts";
import { ImageFault } from "../../server/source/index.ts";
import type { Viewer } from "../../server/stream/index.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { type Follower, Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

const damaged = new ImageFault("bad-frame", "size", "12 bytes where 16 were announced");
const badFrame = new EncodeError("bad-frame", "the compressed bytes are cut off");

async function watch(placeholder: "never" | "lost" | "always" = "lost"): Promise<Follower> {
  return stage.follow(await stage.watch({ placeholder }));
}

/** What a follower was given: `p` a placeholder, `r` a repeated one, else the number of the frame; with times. */
function story({ taken }: Follower): string[] {
  return taken.map(({ picture, at }) => {
    const name = picture.placeholder ? (picture.repeat ? "r" : "p") : String(picture.sequence);
    return `${name}@${at}`;
  });
}

async function publish(count: number, interval: number, each: (frame: number) => void = () => {}) {
  for (let frame = 0; frame < count; frame++) {
    await stage.advance(interval);
    each(frame);
    stage.source().publish();
  }
  await stage.advance(0);
}

const lose = (reason = "the IOC was stopped"): void => stage.source().state({ kind: "disconnected", reason });

describe("a camera that is lost", () => {
  test("is replaced by a placeholder, again every 5 s, and goes on in the same viewer", async () => {
    const follower = await watch();
    await stage.advance(1000);
    lose();
    await stage.advance(11_000);
    stage.source().connect();
    await stage.advance(1000);
    stage.source().publish();
    await stage.advance(10_000);
    expect(story(follower)).toEqual(["1@0", "p@1500", "r@6500", "r@11500", "2@13000"]);
  });

  test("is replaced by its last picture with the reason, the PV and the time on it", async () => {
    const follower = await watch();
    await stage.advance(1000);
    lose();
    await stage.advance(1000);
    const [last, placeholder] = follower.taken.map(({ picture }) => picture);
    expect(stage.encoder.placeholders).toMatchObject([
      {
        under: { jpeg: last!.jpeg },
        lines: ["The connection was lost: the IOC was stopped", "CAM", "Since 2026-01-01 00:00:01 UTC"],
      },
    ]);
    expect(placeholder).toMatchObject({
      placeholder: true,
      repeat: false,
      sequence: 1,
      iocTime: undefined,
      width: last!.width,
      height: last!.height,
    });
  });

  test("is drawn once for all viewers and all repetitions, and again when the words have changed", async () => {
    const followers = [await watch(), await watch(), await watch("always")];
    lose();
    await stage.advance(12_000);
    expect(stage.encoder.placeholders).toHaveLength(1);
    for (const { taken } of followers) expect(taken).toHaveLength(4);
    expect(new Set(followers.map(({ taken }) => taken[1]!.picture)).size).toBe(1);
    stage.source().connect();
    await stage.advance(10_000);
    expect(stage.encoder.placeholders.map(({ lines }) => lines[0])).toEqual([
      "The connection was lost: the IOC was stopped",
      "10.0.0.7:5075 answers again; waiting for an image.",
    ]);
  });

  test("is not replaced when it is back within half a second", async () => {
    const follower = await watch();
    lose();
    await stage.advance(400);
    stage.source().connect();
    stage.source().publish();
    await stage.advance(30_000);
    expect(story(follower)).toEqual(["1@0", "2@400"]);
  });

  test("is waited for without a placeholder by viewers who want none", async () => {
    const follower = await watch("never");
    lose();
    await stage.advance(60_000);
    expect(story(follower)).toEqual(["1@0"]);
    expect(stage.encoder.placeholders).toEqual([]);
  });

  test("gives a viewer the last picture that it has not had before the placeholder", async () => {
    const viewer = await stage.watch({ placeholder: "lost" });
    lose();
    await stage.advance(10_000);
    const follower = stage.follow(viewer);
    await stage.advance(0);
    expect(story(follower)).toEqual(["1@10000", "p@10000"]);
  });

  test("is kept alive by the placeholder, not by the picture of before", async () => {
    const viewer = await stage.watch({ placeholder: "lost" });
    await viewer.next({ repeatAfterMs: 200 });
    lose();
    const given: string[] = [];
    for (let turn = 0; turn < 8; turn++) {
      const next = viewer.next({ repeatAfterMs: turn === 0 ? 4500 : 200 });
      await stage.advance(1000);
      const picture = await next;
      given.push(`${picture!.placeholder} ${picture!.repeat}`);
    }
    expect(given).toEqual(["true false", ...Array.from({ length: 7 }, () => "true true")]);
  });

  test("sets no alarm that outlives its viewers, and draws nothing for those who have left", async () => {
    const { viewer } = await watch();
    lose();
    viewer.close();
    await stage.advance(10_000);
    expect(stage.encoder.placeholders).toEqual([]);
    const opening = stage.watch({ placeholder: "always" });
    await stage.advance(3000);
    (await opening).close();
    await stage.registry.close();
    expect([stage.clock.pending, stage.holds.count, stage.encoder.waiting]).toEqual([0, 0, 0]);
  });
});

describe("a still camera", () => {
  test("is never replaced, however long it stands still", async () => {
    const follower = await watch("always");
    await stage.advance(3_600_000);
    expect(follower.viewer.status.state).toBe("stalled");
    expect(story(follower)).toEqual(["1@0"]);
  });

  test("is replaced when what it sent last was damaged, 5 s after that", async () => {
    const follower = await watch();
    await stage.advance(60_000);
    stage.source().fault(damaged);
    await stage.advance(6000);
    expect(story(follower)).toEqual(["1@0", "p@65000"]);
    expect(stage.encoder.placeholders[0]!.lines[0]).toBe(damaged.message);
  });
});

describe("a camera whose frames fail", () => {
  test("one in three as they come in does not flicker", async () => {
    const follower = await watch();
    for (let frame = 1; frame <= 600; frame++) {
      await stage.advance(100);
      if (frame % 3 === 0) stage.source().fault(damaged);
      else stage.source().publish();
    }
    await stage.advance(0);
    expect(follower.taken).toHaveLength(401);
    expect(follower.taken.some(({ picture }) => picture.placeholder)).toBe(false);
    expect(follower.viewer.drops.failed).toBe(200);
  });

  test("one in three in the encoder does not flicker", async () => {
    const follower = await watch();
    stage.encoder.failure = ({ frame }) => (frame.sequence % 3 === 0 ? badFrame : undefined);
    await publish(600, 100);
    expect(follower.taken).toHaveLength(401);
    expect(follower.taken.some(({ picture }) => picture.placeholder)).toBe(false);
    expect(follower.viewer.drops.failed).toBe(200);
  });

  test("all of them is replaced after 5 s, once, and comes back with the first good one", async () => {
    const follower = await watch();
    for (let frame = 0; frame < 80; frame++) {
      await stage.advance(100);
      stage.source().fault(damaged);
    }
    stage.source().publish();
    await stage.advance(0);
    expect(story(follower)).toEqual(["1@0", "p@5100", "2@8000"]);
    expect(follower.viewer.drops.failed).toBe(80);
  });

  test("all of them, faster than they can be tried, is replaced too", async () => {
    const follower = await watch();
    stage.encoder.failure = () => badFrame;
    stage.encoder.duration = () => 45;
    await publish(1200, 10);
    stage.encoder.failure = () => undefined;
    await publish(20, 10);
    await stage.advance(1000);
    const words = story(follower).map((word) => word.replace(/@.*/u, ""));
    expect(words.slice(0, 3)).toEqual(["1", "p", "r"]);
    expect(Number(words.at(-1))).toBe(stage.source().published);
  });

  test("never delays a good picture for a placeholder", async () => {
    const viewer = await stage.watch({ placeholder: "lost" });
    await viewer.next();
    stage.encoder.failure = () => badFrame;
    const waiting = viewer.next();
    await publish(1, 100);
    await stage.advance(6000);
    expect((await waiting)?.placeholder).toBe(true);
    stage.encoder.failure = () => undefined;
    await publish(1, 20_000);
    expect(await viewer.next()).toMatchObject({ placeholder: false, sequence: 3 });
  });

  test("with a reason that changes with each of them is drawn anew every 5 s at most", async () => {
    await watch();
    for (let frame = 0; frame < 300; frame++) {
      await stage.advance(100);
      stage.source().fault(new ImageFault("bad-frame", "size", `${frame} bytes where 900 were announced`));
    }
    expect(stage.encoder.placeholders.length).toBeLessThanOrEqual(6);
  });

  test("because they do not fit the viewer's wish is replaced with the words of the wish", async () => {
    await watch();
    stage.encoder.failure = () => new EncodeError("bad-recipe", "plane=7 is not allowed: plane is 0");
    await publish(2, 100);
    await stage.advance(6000);
    expect(stage.encoder.placeholders[0]!.lines[0]).toContain("cannot be shown as asked: plane=7");
  });

  test("because they crash workers is replaced, with the words of the quarantine", async () => {
    const follower = await watch();
    stage.encoder.failure = () => new EncodeError("worker-crashed", "gone");
    await publish(20, 1000);
    stage.encoder.failure = () => undefined;
    expect(stage.encoder.placeholders.map(({ lines }) => lines[0]).at(-1)).toContain(
      "cost 3 encoder workers",
    );
    await publish(60, 1000);
    expect(follower.taken.at(-1)!.picture).toMatchObject({ placeholder: false, sequence: 81 });
  });
});

describe("placeholder=always", () => {
  const open = (): Promise<Viewer> => stage.registry.open("CAM", DEFAULT_RECIPE, { placeholder: "always" });

  test("shows why a PV is not found instead of refusing, and the camera once it is there", async () => {
    const opening = open();
    await stage.advance(3000);
    const follower = stage.follow(await opening);
    await stage.advance(7000);
    expect(stage.encoder.placeholders[0]).toMatchObject({
      size: { width: 640, height: 480 },
      lines: ["No EPICS server answered for CAM within 3 s.", "CAM", "Since 2026-01-01 00:00:00 UTC"],
    });
    stage.source().connect();
    stage.source().publish();
    await stage.advance(100);
    expect(story(follower)).toEqual(["p@3000", "r@8000", "1@10000"]);
  });

  test("shows instead of refusing what is no image, has none, or only damaged ones", async () => {
    const reasons: string[] = [];
    for (const fault of [new ImageFault("not-an-image", "structure", "it is a table"), damaged, undefined]) {
      stage = new Stage();
      const opening = open();
      stage.source().connect();
      if (fault !== undefined) stage.source().fault(fault);
      await stage.advance(3000);
      stage.follow(await opening);
      await stage.advance(100);
      reasons.push(stage.encoder.placeholders[0]!.lines[0]!);
    }
    expect(reasons[0]).toContain("it is a table");
    expect(reasons[1]).toContain("12 bytes where 16 were announced");
    expect(reasons[2]).toContain("has published no image within 3 s");
  });

  test("shows the quarantine, and still refuses what the asker can mend", async () => {
    for (let crash = 0; crash < 3; crash++) {
      stage.registry.failed("CAM", new EncodeError("worker-crashed", "gone"));
    }
    stage.follow(await open());
    await stage.advance(0);
    expect(stage.encoder.placeholders[0]!.lines[0]).toBe("Looking for CAM.");
    stage.source().connect();
    stage.source().publish();
    await stage.advance(6000);
    expect(stage.encoder.placeholders[1]!.lines[0]).toContain("cost 3 encoder workers");
    stage.encoder.failure = () => new EncodeError("bad-recipe", "plane=7 is not allowed");
    const refused = stage.watch({ pv: "OTHER", placeholder: "always" }).catch((error: unknown) => error);
    expect(await refused).toMatchObject({ code: "bad-option" });
  });

  test("is as large as was asked for, within reason", async () => {
    const sizes = [{ width: 320 }, { height: 1200 }, { width: 60_000, height: 60_000 }];
    for (const size of sizes) {
      const opening = stage.registry.open("CAM", { ...DEFAULT_RECIPE, ...size }, { placeholder: "always" });
      await stage.advance(3000);
      stage.follow(await opening);
    }
    await stage.advance(0);
    expect(stage.encoder.placeholders.map(({ size }) => `${size!.width}x${size!.height}`)).toEqual([
      "320x240",
      "1600x1200",
      "2048x2048",
    ]);
  });
});

describe("placeholders", () => {
  test("count nowhere: not as pictures, not as losses, not in latency", async () => {
    const { viewer, taken } = await watch();
    for (const { picture } of taken) viewer.sent(picture, 100);
    lose();
    await stage.advance(20_000);
    for (const { picture } of taken.slice(1)) viewer.sent(picture, 1000);
    expect(taken.length).toBe(5);
    expect(viewer.report).toMatchObject({ pictures: 1, bytesOut: 4100 });
    expect(stage.registry.totals).toMatchObject({ pictures: 1, bytesOut: 4100, framesIn: 1 });
    expect(stage.registry.totals.latency.count).toBe(1);
    expect(Object.values(viewer.drops)).toEqual([0, 0, 0, 0, 0]);
    expect(stage.registry.report("CAM")!.outFps).toBe(0);
  });

  test("that cannot be drawn are done without until the trouble is another", async () => {
    stage.encoder.drawPlaceholder = () => Promise.reject(new EncodeError("cannot-encode", "no memory"));
    const follower = await watch();
    lose();
    await stage.advance(60_000);
    expect(story(follower)).toEqual(["1@0"]);
    expect(stage.lines.filter((line) => line.includes("no placeholder could be drawn"))).toHaveLength(1);
  });
});
