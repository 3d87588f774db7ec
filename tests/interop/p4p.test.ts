import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { COLOUR_MODES, SAMPLE_TYPES } from "../../wasm/core/index.ts";
import { Judge } from "../support/judge.ts";
import { readParts } from "../support/multipart.ts";
import { findPython, freePort, type Peer, startPeer } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { expectSentFrames, pictureAfter } from "./sent-frames.ts";

const python = findPython(["p4p", "PIL", "numpy"]);
const absent = requireTool("Python with p4p, Pillow and numpy", python !== undefined);

describe.skipIf(absent)("a p4p camera (pvxs stack)", () => {
  let camera: Peer;
  let judge: Judge;
  let service: Service;

  beforeAll(async () => {
    camera = await startPeer([python!, "p4p_camera.py"], { env: { EPICS_PVAS_SERVER_PORT: "0" } });
    judge = await Judge.start(python!);
    service = await startService({
      nameServers: `127.0.0.1:${camera.ready}`,
      flags: ["--connect-timeout", "1"],
    });
  });

  afterAll(async () => {
    await service.close();
    await Promise.all([camera.kill(), judge.close()]);
  });

  const pictures = SAMPLE_TYPES.flatMap((type) => COLOUR_MODES.map((colour) => [type, colour] as const));
  test.each(pictures)("%s %s arrives as the picture that was sent", async (type, colour) => {
    await expectSentFrames(service.url(`/mjpg/P4P:${type}:${colour}`), judge, type, colour);
  });

  test("mozjpeg and 4:4:4 draw the same picture", async () => {
    const url = service.url("/mjpg/P4P:uint16:rgb1");
    await expectSentFrames(`${url}?encoder=mozjpeg`, judge, "uint16", "rgb1");
    await expectSentFrames(`${url}?subsampling=444`, judge, "uint16", "rgb1");
  });

  test("a PV that nobody serves, one without an image and one that is none get their statuses", async () => {
    const statuses = await Promise.all(
      ["P4P:missing", "P4P:empty", "P4P:scalar"].map(async (pv) => {
        const response = await fetch(service.url(`/mjpg/${pv}`));
        const { error } = (await response.json()) as { error: string };
        return [pv, response.status, error];
      }),
    );
    expect(statuses).toEqual([
      ["P4P:missing", 404, "pv-not-found"],
      ["P4P:empty", 503, "no-image-yet"],
      ["P4P:scalar", 415, "not-an-image"],
    ]);
  });
});

describe.skipIf(absent)("a p4p camera that dies", () => {
  test("continues on the same response when it is started again", async () => {
    const port = String(freePort());
    const start = (): Promise<Peer> =>
      startPeer([python!, "p4p_camera.py", "uint8:mono"], { env: { EPICS_PVAS_SERVER_PORT: port } });
    let camera = await start();
    const service = await startService({ nameServers: `127.0.0.1:${port}` });
    try {
      const response = await fetch(service.url("/mjpg/P4P:uint8:mono"));
      const parts = readParts(response);
      await pictureAfter(parts, 0);
      await camera.kill();
      const killed = Date.now() / 1000;
      camera = await start();
      expect(await pictureAfter(parts, killed)).toBeGreaterThan(killed);
      await parts.return(undefined);
    } finally {
      await service.close();
      await camera.kill();
    }
  }, 30_000);
});
