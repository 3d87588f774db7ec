import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import { join, normalize } from "node:path";
import type { Browser, Page } from "playwright-core";
import { COLOUR_MODES, Core, SAMPLE_TYPES, bytesPerSample, samplesPerPixel } from "../../wasm/core/index.ts";
import type { Frame, Recipe } from "../../wasm/core/index.ts";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { BUILDS } from "../wasm/both-builds.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

const ROOT = join(import.meta.dir, "../..");
const [WIDTH, HEIGHT] = [45, 19];
const RECIPE: Recipe = {
  range: { kind: "auto" },
  quality: 80,
  subsampling: "420",
  encoder: "fast",
};

/** Every sample type in every colour mode, bytes as they may come. */
const FRAMES: readonly Frame[] = SAMPLE_TYPES.flatMap((sampleType) =>
  COLOUR_MODES.map((colourMode) => {
    const bytes = WIDTH * HEIGHT * samplesPerPixel(colourMode) * bytesPerSample(sampleType);
    const pixels = Uint8Array.from({ length: bytes }, (_, at) => (at * 181 + (at >> 5) * 7) & 255);
    return { width: WIDTH, height: HEIGHT, sampleType, colourMode, bigEndian: false, pixels };
  }),
);

/** wasm/ as a web server has it: the modules without their types, the WebAssembly as the build wrote it. */
async function serveCore(request: Request): Promise<Response> {
  const path = normalize(new URL(request.url).pathname);
  if (!path.startsWith("/wasm/")) return new Response("", { headers: { "Content-Type": "text/html" } });
  const file = Bun.file(join(ROOT, path));
  if (!path.endsWith(".ts")) return new Response(file);
  const script = new Bun.Transpiler({ loader: "ts" }).transformSync(await file.text());
  return new Response(script, { headers: { "Content-Type": "text/javascript" } });
}

describe.skipIf(withoutChromium())("the core in Chromium", () => {
  let browser: Browser;
  let page: Page;
  let server: Bun.Server<undefined>;

  beforeAll(async () => {
    server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: serveCore });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url.href);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop(true);
  });

  /** SHA-256 of the JPEG, the RGBA and the levels of every frame, made by the core inside the page. */
  async function digestsInPage(build: string): Promise<string[]> {
    const frames = FRAMES.map((frame) => ({ ...frame, pixels: [...frame.pixels] }));
    return await page.evaluate(
      async ([door, build, frames, recipe]) => {
        const { Core: PageCore } = (await import(door)) as { Core: typeof Core };
        const core = await PageCore.load({ build });
        const digests: string[] = [];
        const add = async (bytes: Uint8Array | Uint8ClampedArray) => {
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
          digests.push(digest.toHex());
        };
        for (const { pixels, ...shape } of frames) {
          const frame = { ...shape, pixels: new Uint8Array(pixels) };
          await add(core.encodeJpeg(frame, recipe).jpeg);
          await add(core.toRgba(frame, recipe).rgba);
          await add(core.toSamples(frame, recipe).samples);
        }
        return digests;
      },
      [`${server.url.href}wasm/core/index.ts`, build as "simd", frames, RECIPE] as const,
    );
  }

  for (const build of BUILDS) {
    test(`makes of every sample type and colour mode what it makes here, ${build} build from the same file`, async () => {
      const core = await Core.load({ build });
      const here = FRAMES.flatMap((frame) => [
        sha256(core.encodeJpeg(frame, RECIPE).jpeg),
        sha256(core.toRgba(frame, RECIPE).rgba),
        sha256(core.toSamples(frame, RECIPE).samples),
      ]);
      expect(here).toHaveLength(3 * SAMPLE_TYPES.length * COLOUR_MODES.length);
      expect(await digestsInPage(build)).toEqual(here);
    });
  }

  test("takes the SIMD build without being told, and decodes its own JPEG", async () => {
    const [frame] = FRAMES;
    const decoded = await page.evaluate(
      async ([door, shape, pixels, recipe]) => {
        const { Core: PageCore } = (await import(door)) as { Core: typeof Core };
        const core = await PageCore.load();
        const { jpeg } = core.encodeJpeg({ ...shape, pixels: new Uint8Array(pixels) }, recipe);
        const bitmap = await createImageBitmap(new Blob([jpeg.slice()], { type: "image/jpeg" }));
        return [core.build, bitmap.width, bitmap.height];
      },
      [`${server.url.href}wasm/core/index.ts`, frame!, [...frame!.pixels], RECIPE] as const,
    );
    expect(decoded).toEqual(["simd", WIDTH, HEIGHT]);
  });
});

function sha256(bytes: Uint8Array | Uint8ClampedArray): string {
  return createHash("sha256").update(bytes).digest("hex");
}
