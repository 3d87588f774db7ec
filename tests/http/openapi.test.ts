import { describe, expect, test } from "bun:test";
import { ServiceError } from "../../server/errors.ts";
import { openApiDocument } from "../../server/http/openapi.ts";
import { REFUSAL_CODES, Refusal } from "../../server/http/refusal.ts";
import { faultsOf, misfits } from "../support/openapi-check.ts";
import { startService } from "../support/service.ts";
import { FakeFrame } from "./fake-snapshots.ts";
import { serve } from "./serving.ts";

type Json = Readonly<Record<string, unknown>>;
type Operation = Json & {
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Json }>>;
};

const document = openApiDocument({ version: "1.2.3", basePath: "" });
const paths = document["paths"] as Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** Whether the path of a route is one of the document's: `*` is a `{…}` there. */
const inRouter = (path: string): string => path.replace(/\{\w+\}$/u, "*");

/** A path that can be asked for. */
const concrete = (path: string): string => path.replace("{pv}", "CAM").replace("{file}", "nothing.js");

test("the document breaks no rule of OpenAPI 3.1", () => {
  expect(faultsOf(document)).toEqual([]);
});

test("the check of the document finds what is wrong with one", () => {
  const broken = structuredClone(document) as Record<string, Record<string, Record<string, Json>>>;
  broken["paths"]!["/mjpg/{pv}"]!["get"] = { operationId: "getPage", parameters: [], responses: {} };
  delete broken["components"]!["schemas"]!["Losses"];
  const faults = faultsOf(broken).join("\n");
  for (const fault of ["operationId is not its own", "path parameters are not", "has no responses", "no #/"])
    expect(faults).toContain(fault);
});

test("the document is served to any page", async () => {
  using server = serve();
  const response = await fetch(`${server.url}/openapi.json`);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(((await response.json()) as Json)["paths"]).toEqual(JSON.parse(JSON.stringify(paths)));
});

test("its server is the base path", () => {
  const { servers } = openApiDocument({ version: "1", basePath: "/cameras" });
  expect(servers).toEqual([{ url: "/cameras" }]);
});

test("every route of the service is in it", () => {
  using server = serve();
  const told = Object.keys(paths).map(inRouter);
  expect(server.http.routes.length).toBeGreaterThan(8);
  expect(server.http.routes.map(({ path }) => path).filter((path) => !told.includes(path))).toEqual([]);
});

describe("every route in it", () => {
  test.each(
    Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map((method) => [method, path])),
  )("answers: %s %s", async (method, path) => {
    using server = serve();
    server.streams.frame = () => new FakeFrame(1, -1);
    const leaving = new AbortController();
    const response = await fetch(`${server.url}${concrete(path)}`, {
      method: method.toUpperCase(),
      signal: leaving.signal,
      ...(method === "post" && { body: "token=x" }),
    });
    const told = Object.keys(paths[path]![method]!.responses);
    // An upgrade is refused here with 426, and a login with 405, for there are no tokens; a file that is not there with 404.
    if (path === "/assets/{file}") expect(response.status).toBe(404);
    else expect(told).toContain(String(response.status));
    leaving.abort();
  });
});

test("every refusal is in it under its status, and its JSON is as the schema says", async () => {
  using server = serve();
  const { responses } = paths["/mjpg/{pv}"]!["get"]!;
  const schema = (document["components"] as { schemas: Readonly<Record<string, Json>> }).schemas["Refusal"]!;
  for (const code of ["pv-not-found", "no-image-yet", "not-an-image", "bad-image", "quarantined"] as const) {
    server.streams.refusal = new ServiceError(code, "No.", { pv: "CAM" });
    const response = await fetch(`${server.url}/mjpg/CAM`);
    expect(responses[String(response.status)]!.description).toContain(`\`${code}\``);
    expect(misfits(document, schema, await response.json())).toEqual([]);
  }
  const bad = await fetch(`${server.url}/snapshot/CAM?map=rainbow`);
  expect(misfits(document, schema, await bad.json())).toEqual([]);
});

test("every code that there is stands under its status somewhere, but for those of messages", () => {
  const described = Object.values(paths)
    .flatMap((item) => Object.values(item))
    .flatMap(({ responses }) => Object.entries(responses))
    .map(([status, { description }]) => `${status} ${description}`)
    .join("\n");
  const elsewhere = ["bad-message", "unknown-view", "id-in-use", "too-many-views", "too-many-messages"];
  const never = ["client-gone", "unknown-route"];
  const missing = REFUSAL_CODES.filter((code) => !described.includes(`\`${code}\``));
  expect(missing.toSorted()).toEqual([...elsewhere, ...never].toSorted() as typeof missing);
  for (const code of REFUSAL_CODES.filter((each) => !missing.includes(each)))
    expect(described).toMatch(new RegExp(`${new Refusal(code, "").status} .*\`${code}\``, "u"));
});

test("JSON answers of the service are as their schemas say, with a stream that is watched", async () => {
  const service = await startService({ nameServers: "127.0.0.1:1", flags: ["--sim", "--workers", "1"] });
  const pv = "SIM:beam:64x48:uint16:lz4@50";
  const watching = await fetch(service.url(`/mjpg/${pv}`));
  const reader = watching.body!.getReader();
  for (let part = 0; part < 5; part++) await reader.read();
  for (const path of ["/viewer.json", "/readyz", "/api/streams", `/api/streams/${pv}`]) {
    const name = path === `/api/streams/${pv}` ? "/api/streams/{pv}" : path;
    const media = paths[name]!["get"]!.responses["200"]!.content!["application/json"] as { schema: Json };
    const response = await fetch(service.url(path));
    expect([path, misfits(document, media.schema, await response.json())]).toEqual([path, []]);
  }
  await reader.cancel();
  await service.close();
});
