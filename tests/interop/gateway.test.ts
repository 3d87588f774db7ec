import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Judge } from "../support/judge.ts";
import { readParts } from "../support/multipart.ts";
import { findPython, freePort, freeUdpPort, listening, type Peer, startPeer } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { expectSentFrames, pictureAfter } from "./sent-frames.ts";

const python = findPython(["p4p", "PIL", "numpy"]);
const absent = requireTool("Python with p4p, Pillow and numpy", python !== undefined);

// camera ──UDP search──→ pvagw ──TCP search, as a name server──→ service
describe.skipIf(absent)("behind pvagw", () => {
  let folder: string;
  let cameraSearchPort: string;
  let camera: Peer;
  let gateway: Peer;
  let judge: Judge;
  let service: Service;

  const startCamera = (): Promise<Peer> =>
    startPeer([python!, "p4p_camera.py", "uint16:rgb1"], {
      env: { EPICS_PVAS_SERVER_PORT: "0", EPICS_PVAS_BROADCAST_PORT: cameraSearchPort },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pva-to-video-"));
    cameraSearchPort = String(await freeUdpPort());
    const port = freePort();
    const config = join(folder, "pvagw.conf");
    const loopback = { addrlist: "127.0.0.1", autoaddrlist: false };
    await Bun.write(
      config,
      JSON.stringify({
        version: 2,
        clients: [{ name: "cameras", provider: "pva", bcastport: Number(cameraSearchPort), ...loopback }],
        servers: [
          {
            ...{ name: "viewers", clients: ["cameras"], interface: ["127.0.0.1"] },
            ...{ serverport: port, bcastport: await freeUdpPort(), ...loopback },
          },
        ],
      }),
    );
    const logging = join(folder, "logging.json");
    await Bun.write(logging, '{"version": 1}'); // warnings only
    camera = await startCamera();
    gateway = await startPeer([join(dirname(python!), "pvagw"), "--logging", logging, config], {
      announces: false,
    });
    await listening(port);
    judge = await Judge.start(python!);
    service = await startService({ nameServers: `127.0.0.1:${port}`, flags: ["--connect-timeout", "10"] });
  });

  afterAll(async () => {
    await service.close();
    await Promise.all([camera.kill(), gateway.kill(), judge.close(), rm(folder, { recursive: true })]);
  });

  test("a p4p camera is shown as it sends", async () => {
    await expectSentFrames(service.url("/mjpg/P4P:uint16:rgb1"), judge, "uint16", "rgb1");
  }, 20_000);

  test("a camera that is killed and started again goes on in the same response", async () => {
    const parts = readParts(await fetch(service.url("/mjpg/P4P:uint16:rgb1")));
    await pictureAfter(parts, 0);
    await camera.kill();
    const killed = Date.now() / 1000;
    camera = await startCamera();
    expect(await pictureAfter(parts, killed)).toBeGreaterThan(killed);
    await parts.return(undefined);
  }, 30_000);
});
