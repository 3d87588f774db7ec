import { describe, expect, test } from "bun:test";
import { Slices } from "../../server/http/slices.ts";
import { streamsRoutes } from "../../server/http/streams-api.ts";
import type { StreamsWords, StreamWords } from "../../server/http/streams-words.ts";
import { DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { Stage } from "../stream/stage.ts";
import { serve } from "./serving.ts";

/** A camera that two watch, one of them slowly, while 50 frames come. */
async function watched(stage: Stage): Promise<void> {
  stage.encoder.duration = () => 5;
  const options = { client: { kind: "mjpg", address: "192.0.2.7" } };
  const opening = stage.registry.open("CAM:PVA:OUTPUT", DEFAULT_RECIPE, options);
  stage.source("CAM:PVA:OUTPUT").connect();
  stage.source("CAM:PVA:OUTPUT").publish();
  await stage.advance(10);
  const { viewer, taken } = stage.follow(await opening);
  stage.follow(await stage.registry.open("CAM:PVA:OUTPUT", DEFAULT_RECIPE, { fps: 2 }));
  for (let frame = 2; frame <= 50; frame++) {
    stage.source("CAM:PVA:OUTPUT").publish();
    await stage.advance(40);
  }
  for (const { picture } of taken) viewer.sent(picture, 5000);
}

async function ask<Words>(stage: Stage, path: string): Promise<Words> {
  const response = await streamsRoutes(stage.registry, new Slices(stage.clock)).handle(
    new Request(`http://localhost${path}`),
  );
  expect(response.status).toBe(200);
  return (await response.json()) as Words;
}

describe("/api/streams", () => {
  test("is empty where nobody watches", async () => {
    expect(await ask<StreamsWords>(new Stage(), "/api/streams")).toEqual({ streams: [] });
  });

  test("tells what a stream is, how fast, what was lost and who watches", async () => {
    const stage = new Stage();
    await watched(stage);
    const { streams } = await ask<StreamsWords>(stage, "/api/streams");
    expect(streams).toHaveLength(1);
    const [stream] = streams;
    expect(stream).toMatchObject({
      pv: "CAM:PVA:OUTPUT",
      state: "live",
      reason: "Images are coming.",
      openedAt: "2026-01-01T00:00:00.000Z",
      image: { width: 4, height: 2, sampleType: "uint8", colourMode: "mono", codec: "none" },
      frames: { received: 50, encoded: 49 },
      sentBytes: 250_000,
      renditions: [
        {
          options: "range=default&quality=92&subsampling=420&encoder=auto",
          viewers: 2,
          width: 4,
          height: 2,
          encoder: "mozjpeg",
        },
      ],
    });
    const { fps, encodeMs, latencyMs, viewers, renditions } = stream!;
    expect(fps.camera).toBeCloseTo(25, 0);
    expect(fps.encoded).toBeCloseTo(25, 0);
    expect(fps.sent).toBeGreaterThan(fps.encoded + 1);
    expect(encodeMs!.p50).toBeCloseTo(5, 0);
    expect(latencyMs!.p99).toBeGreaterThan(0);
    expect(renditions[0]!.encoderWhy).not.toBe("");
    expect(viewers).toMatchObject([
      { kind: "mjpg", maxFps: 30, pictures: 50, sentBytes: 250_000, lost: { paced: 0, slow: 0 } },
      { maxFps: 2, sentBytes: 0 },
    ]);
    expect(viewers[1]!.lost.paced).toBeGreaterThan(40);
    expect(viewers[0]!.id).not.toBe(viewers[1]!.id);
  });

  test("tells nobody's address", async () => {
    const stage = new Stage();
    await watched(stage);
    expect(stage.registry.list()[0]!.clients[0]!.address).toBe("192.0.2.7");
    expect(JSON.stringify(await ask(stage, "/api/streams"))).not.toContain("192.0.2");
  });
});

describe("/api/streams/<PV>", () => {
  test.each(["/api/streams/CAM:PVA:OUTPUT", "/api/streams/CAM%3APVA%3AOUTPUT"])(
    "%s is that stream",
    async (path) => {
      const stage = new Stage();
      await watched(stage);
      expect((await ask<StreamWords>(stage, path)).pv).toBe("CAM:PVA:OUTPUT");
      expect(stage.opened).toBe(1);
    },
  );

  test("is 404 for one that is not open, and looks for nothing", async () => {
    using server = serve();
    const response = await fetch(`${server.url}/api/streams/CAM`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: "pv-not-found",
      message: "Nobody watches CAM here, nor did lately; asking does not look for it.",
      pv: "CAM",
    });
    expect(server.streams.opened).toEqual([]);
  });

  test("is 400 for a name that can be none", async () => {
    using server = serve();
    for (const name of ["%ZZ", "a%20b"]) {
      const response = await fetch(`${server.url}/api/streams/${name}`);
      expect([name, response.status]).toEqual([name, 400]);
    }
  });
});
