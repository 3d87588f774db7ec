import { expect, test } from "bun:test";
import { type App, createApp } from "../server/app.ts";
import { ConfigError, readConfig } from "../server/config.ts";
import { silentLog } from "../server/log.ts";
import { PvaError } from "../server/pva/index.ts";

function create(flags: readonly string[], environment: Record<string, string> = {}): Promise<App> {
  const invocation = readConfig(["--workers", "1", ...flags], {});
  if (invocation.kind !== "run") throw new Error("these flags do not run the service");
  const isolated = { EPICS_PVA_AUTO_ADDR_LIST: "NO", ...environment };
  return createApp(invocation.config, { environment: isolated, log: () => silentLog });
}

test("with --sim a simulated camera goes through every room, and the page is told of it", async () => {
  const app = await create(["--sim"]);
  const address = `http://127.0.0.1:${app.listen({ host: "127.0.0.1", port: 0 })}`;
  const { simulated } = (await (await fetch(`${address}/viewer.json`)).json()) as Pick<App, "simulated">;
  expect(simulated.map(({ name }) => name)).toContain("SIM:beam");
  const response = await fetch(`${address}/mjpg/SIM:bars:32x24@50`);
  expect(response.status).toBe(200);
  const { value } = await response.body!.getReader().read();
  expect(Buffer.from(value!).toString("latin1")).toStartWith("--frame\r\n");
  await app.close();
});

test("without --sim it offers no cameras and finds no simulated one", async () => {
  const app = await create(["--connect-timeout", "0.1"]);
  const address = `http://127.0.0.1:${app.listen({ host: "127.0.0.1", port: 0 })}`;
  expect(await (await fetch(`${address}/viewer.json`)).json()).toEqual({ simulated: [] });
  expect((await fetch(`${address}/mjpg/SIM:beam`)).status).toBe(404);
  await app.close();
});

test("a simulated camera that is not allowed is not offered", async () => {
  const app = await create(["--sim", "--deny", "SIM:b*"]);
  expect(app.simulated.length).toBeGreaterThan(0);
  expect(app.simulated.filter(({ name }) => name.startsWith("SIM:b"))).toEqual([]);
  await app.close();
});

test("a token file that cannot be used is refused with its name, before anything listens", async () => {
  const error: unknown = await create(["--token-file", "/nowhere/tokens"]).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).message).toContain("/nowhere/tokens");
});

test("an app that never listened can be closed, and twice", async () => {
  const app = await create(["--sim"]);
  await app.close();
  await app.close();
});

test("a bad EPICS variable is refused before anything is started", async () => {
  const error: unknown = await create([], { EPICS_PVA_SERVER_PORT: "often" }).catch(
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(PvaError);
  expect(error).toMatchObject({ code: "bad-setting" });
});
