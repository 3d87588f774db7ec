import { describe, expect, test } from "bun:test";
import { PvaClient } from "../../server/pva/index.ts";
import { JumpingClock } from "../support/jumping-clock.ts";
import { RecordingListener } from "../support/pva-client.ts";
import { findPython, freeUdpPort, type Peer, startPeer } from "../support/python.ts";
import { requireTool } from "../support/tools.ts";

const python = findPython(["p4p", "numpy"]);
const absent = requireTool("Python with p4p and numpy", python !== undefined);

/** Searches this many times in vain before the camera starts: the next one is then this many seconds away, or more. */
const VAIN_SEARCHES = 15;

describe.skipIf(absent)("a p4p camera without a name server", () => {
  test("is found by UDP, and its beacon wakes a search that has slowed down", async () => {
    const port = await freeUdpPort();
    const start = (): Promise<Peer> =>
      startPeer([python!, "p4p_camera.py", "uint8:mono"], {
        env: {
          EPICS_PVAS_SERVER_PORT: "0",
          EPICS_PVAS_BROADCAST_PORT: String(port),
          EPICS_PVAS_BEACON_ADDR_LIST: `127.255.255.255:${port}`,
          EPICS_PVAS_AUTO_BEACON_ADDR_LIST: "NO",
        },
      });
    const clock = new JumpingClock();
    const client = new PvaClient({
      clock,
      autoAddressList: false,
      addressList: [{ host: "127.0.0.1", port }],
      broadcastPort: port,
      interfaces: ["127.0.0.1"],
    });
    const seen = new RecordingListener();
    let camera = await start();
    try {
      client.monitor("P4P:uint8:mono", {}, seen);
      await seen.until(() => seen.updates.length >= 2);

      await camera.kill();
      await seen.until(() => seen.states.at(-1)!.kind === "searching");
      for (let search = 0; search < VAIN_SEARCHES; search++) {
        clock.jump(31_000);
        await Bun.sleep(20);
      }
      const before = seen.updates.length;
      const restarted = clock.now();
      camera = await start();
      await seen.until(() => seen.updates.length >= before + 2);
      // Both the camera's start and the search it woke; without the beacon it would have been VAIN_SEARCHES seconds.
      expect(clock.now() - restarted).toBeLessThan(8000);
    } finally {
      await client.close();
      await camera.kill();
    }
  }, 30_000);
});
