import { afterEach, expect, test } from "bun:test";
import { readParts } from "../support/multipart.ts";
import { PostedCamera } from "../support/posted-camera.ts";
import { type Exposition, parseExposition } from "../support/prometheus.ts";
import { startService } from "../support/service.ts";

const FRAMES = 40;
/** 64 × 48 samples of 8 bits. */
const FRAME_BYTES = 3072;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of cleanUp.splice(0).reverse()) await close();
});

test("frames that a camera sent, pictures that a viewer read and bytes on the wire are in the metrics, one for one", async () => {
  const camera = await PostedCamera.start();
  cleanUp.push(() => camera.close());
  const flags = ["--workers", "1", "--max-fps", "1000", "--linger", "0"];
  const service = await startService({ nameServers: camera.address, flags });
  cleanUp.push(() => service.close());
  const scrape = async (): Promise<Exposition> =>
    parseExposition(await (await fetch(service.url("/metrics"))).text());

  camera.post(1);
  const parts = readParts(await fetch(service.url("/mjpg/CAM")));
  for (let frame = 1; frame <= FRAMES; frame++) {
    if (frame > 1) camera.post(frame);
    for (;;) {
      const { value } = await parts.next();
      if (value?.headers.get("x-unique-id") === String(frame)) break;
    }
  }
  const watched = await scrape();
  expect(watched.value("pva_to_video_clients", { kind: "mjpg" })).toBe(1);
  expect(watched.value("pva_to_video_stream_live", { pv: "CAM" })).toBe(1);
  expect(watched.value("pva_to_video_stream_frames_received_total", { pv: "CAM" })).toBe(FRAMES);
  await parts.return();
  // The server learns of it through the socket; then the stream ends, and with it its last frame.
  await camera.abandoned;

  const metrics = await scrape();
  expect(metrics.all("pva_to_video_stream_live")).toEqual([]);
  expect(metrics.value("pva_to_video_frames_received_total")).toBe(FRAMES);
  expect(metrics.value("pva_to_video_frames_encoded_total")).toBe(FRAMES);
  expect(metrics.all("pva_to_video_frames_lost_total").map(({ value }) => value)).toEqual([0, 0, 0, 0, 0]);
  expect(metrics.value("pva_to_video_jobs_total")).toBe(FRAMES);
  expect(metrics.value("pva_to_video_encode_seconds_count")).toBe(FRAMES);
  expect(metrics.value("pva_to_video_pva_received_bytes_total")).toBeGreaterThan(FRAMES * FRAME_BYTES);
  expect(metrics.value("pva_to_video_pva_received_bytes_total")).toBeLessThan(
    FRAMES * FRAME_BYTES * 1.3 + 10_000,
  );
  // The last one may have been read before its write was known to be done.
  const pictures = metrics.value("pva_to_video_pictures_sent_total");
  expect([FRAMES - 1, FRAMES]).toContain(pictures);
  expect(metrics.value("pva_to_video_picture_handling_seconds_count")).toBe(pictures);
  expect(metrics.value("pva_to_video_sent_bytes_total")).toBeGreaterThan(pictures * 200);
});
