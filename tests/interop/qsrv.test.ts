import { describe, expect, test } from "bun:test";
import { Judge } from "../support/judge.ts";
import { findPython, freePort, freeUdpPort, startPeer } from "../support/python.ts";
import { startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { expectSentFrames } from "./sent-frames.ts";

const python = findPython(["epicscorelibs.ioc", "pvxslibs", "PIL", "numpy"]);
const absent = requireTool("Python with epicscorelibs, pvxslibs, Pillow and numpy", python !== undefined);

// A group of records: pixels as `any`, dimensions without offsets, neither codec nor sizes nor uniqueId.
describe.skipIf(absent)("an image group", () => {
  test.each([
    ["QSRV1 (epicscorelibs)", "epicscorelibs"],
    ["QSRV2 (pvxs)", "pvxslibs"],
  ])(
    "of %s, found by UDP, is shown",
    async (_, library) => {
      const searchPort = String(await freeUdpPort());
      const camera = await startPeer([python!, "qsrv_camera.py", library], {
        env: {
          EPICS_PVA_SERVER_PORT: String(freePort()),
          EPICS_PVA_BROADCAST_PORT: searchPort,
          // The IOC speaks Channel Access too: not on the port of others.
          EPICS_CAS_INTF_ADDR_LIST: "127.0.0.1",
          EPICS_CA_SERVER_PORT: String(freePort()),
        },
      });
      const judge = await Judge.start(python!);
      const service = await startService({
        nameServers: "",
        environment: { EPICS_PVA_ADDR_LIST: "127.0.0.1", EPICS_PVA_BROADCAST_PORT: searchPort },
      });
      try {
        await expectSentFrames(service.url("/mjpg/QSRV:image"), judge, "uint16", "mono");
        const noImage = await fetch(service.url("/mjpg/QSRV:width"));
        expect([noImage.status, await noImage.json()]).toMatchObject([415, { error: "not-an-image" }]);
      } finally {
        await service.close();
        await Promise.all([camera.kill(), judge.close()]);
      }
    },
    20_000,
  );
});
