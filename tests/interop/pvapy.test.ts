import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { COLOUR_MODES, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { Judge } from "../support/judge.ts";
import { findPython, freePort, type Peer, startPeer } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { expectSentFrames } from "./sent-frames.ts";

const python = findPython(["pvapy", "PIL", "numpy"]);
const absent = requireTool("Python with pvapy, Pillow and numpy", python !== undefined);

describe.skipIf(absent)("a pvapy camera (old C++ stack: segments, cached types)", () => {
  let camera: Peer;
  let judge: Judge;
  let service: Service;

  beforeAll(async () => {
    const port = String(freePort());
    camera = await startPeer([python!, "pvapy_camera.py"], { env: { EPICS_PVA_SERVER_PORT: port } });
    judge = await Judge.start(python!);
    service = await startService({ nameServers: `127.0.0.1:${port}` });
  });

  afterAll(async () => {
    await service.close();
    await Promise.all([camera.kill(), judge.close()]);
  });

  // A frame of 8-bit mono is under 64 KiB and is sent in copied segments, one of 64 bits in one long segment.
  const pictures = SAMPLE_TYPES.flatMap((type) => COLOUR_MODES.map((colour) => [type, colour] as const));
  test.each(pictures)("%s %s arrives as the picture that was sent", async (type, colour) => {
    await expectSentFrames(service.url(`/mjpg/PVAPY:${type}:${colour}`), judge, type, colour);
  });
});

describe.skipIf(absent)("pvapy-ad-sim-server", () => {
  test("is shown as it is, frames of its own file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pva-to-video-"));
    const port = String(freePort());
    const file = join(folder, "frames.npy");
    const saved = await startPeer([python!, "save_frames.py", file, "uint16"]);
    await saved.kill();
    const server = await startPeer(
      [
        join(dirname(python!), "pvapy-ad-sim-server"),
        // Not "-std 0": it publishes beside a thread that is still making the first frame, and dies if it is too early.
        ...["-cn", "PVAPY:sim", "-if", file, "-fps", "20", "-rt", "60", "-std", "1", "-dc"],
      ],
      { env: { EPICS_PVA_SERVER_PORT: port }, announces: false },
    );
    const judge = await Judge.start(python!);
    const service = await startService({
      nameServers: `127.0.0.1:${port}`,
      flags: ["--connect-timeout", "15"],
    });
    try {
      await expectSentFrames(service.url("/mjpg/PVAPY:sim"), judge, "uint16", "mono");
      expect((await fetch(service.url("/mjpg/PVAPY:sim"), { method: "HEAD" })).status).toBe(200);
    } finally {
      await service.close();
      await Promise.all([server.kill(), judge.close(), rm(folder, { recursive: true })]);
    }
  }, 30_000);
});
