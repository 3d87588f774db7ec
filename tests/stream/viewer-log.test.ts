import { expect, test } from "bun:test";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { Stage } from "./stage.ts";

const leavings = (stage: Stage): string[] => stage.lines.filter((line) => line.includes(" left after "));

/** A viewer who took two of three pictures. */
async function watched(stage: Stage, signal: AbortSignal): ReturnType<Stage["watch"]> {
  const client = { kind: "mjpg", address: "192.0.2.7" };
  const opening = stage.registry.open("CAM", DEFAULT_RECIPE, { client, signal });
  stage.source().connect();
  stage.source().publish();
  await stage.advance(0);
  const viewer = await opening;
  for (let frame = 1; frame <= 2; frame++) {
    viewer.sent((await viewer.next())!, 1000);
    stage.source().publish();
    await stage.advance(1000);
  }
  stage.source().publish();
  await stage.advance(500);
  return viewer;
}

test("a viewer who leaves is told of in one line, with what it had", async () => {
  const stage = new Stage();
  (await watched(stage, new AbortController().signal)).close();
  expect(leavings(stage)).toEqual([
    "CAM: viewer 1 (mjpg, 192.0.2.7) left after 2.5 s with 2 pictures, 2000 bytes; lost 1 slow. It was closed.",
  ]);
});

test("the line says that the client is gone, or why the stream was closed", async () => {
  const stage = new Stage();
  const gone = new AbortController();
  await watched(stage, gone.signal);
  gone.abort();
  expect(leavings(stage)[0]).toEndWith(". Its client is gone.");
  const another = new Stage();
  await watched(another, new AbortController().signal);
  await another.registry.close();
  expect(leavings(another)[0]).toEndWith(". The server is stopping.");
});

test("who waited in vain for a first picture has no such line: it was answered", async () => {
  const stage = new Stage();
  const refused = stage.registry.open("CAM", DEFAULT_RECIPE).catch(() => "refused");
  await stage.advance(3000);
  expect(await refused).toBe("refused");
  expect(leavings(stage)).toEqual([]);
});
