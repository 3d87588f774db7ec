import { expect, test } from "bun:test";
import { silentLog } from "../../server/log.ts";
import { clientOptionsFromEnvironment, PvaClient } from "../../server/pva/index.ts";
import { PostedCamera } from "../support/posted-camera.ts";

test("a fault of a sink is logged as ours, with what was thrown, and not blamed on the server", async () => {
  const camera = await PostedCamera.start();
  camera.post(1);
  const environment = { EPICS_PVA_NAME_SERVERS: camera.address, EPICS_PVA_AUTO_ADDR_LIST: "NO" };
  const thrown = new TypeError("the sink is broken");
  const logged = Promise.withResolvers<unknown>();
  const lost = Promise.withResolvers<string>();
  const blamed: string[] = [];
  const client = new PvaClient({
    ...clientOptionsFromEnvironment(environment),
    log: {
      ...silentLog,
      warning: (message) => void blamed.push(message),
      error: (_, properties) => logged.resolve(properties?.["error"]),
    },
  });
  const sink = {
    acquire: (): never => {
      throw thrown;
    },
    abandon: () => undefined,
  };
  client.monitor(
    "CAM",
    { bulk: { field: "value", sink } },
    {
      state: (state) => {
        if (state.kind === "disconnected") lost.resolve(state.reason);
      },
      update: () => undefined,
      fault: () => undefined,
    },
  );
  expect(await logged.promise).toBe(thrown);
  expect(await lost.promise).toContain("a fault of ours: the sink is broken");
  expect(blamed).toEqual([]);
  await client.close();
  await camera.close();
});
