import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { type Service, startService } from "../support/service.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

describe.skipIf(withoutChromium())("an <img> in Chromium", () => {
  let browser: Browser;
  let service: Service;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startService({ nameServers: "", flags: ["--sim"] });
  });

  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  test("of another site's page shows the frame counter advancing", async () => {
    const page = await browser.newPage();
    await page.setContent(`<img crossorigin src="${service.url("/mjpg/SIM:beam:512x384@20")}">`);
    // The camera writes its counter as 24 blocks of 16 × 16 into the top rows, least significant first.
    const counters = await page.evaluate(async () => {
      const image = document.querySelector("img")!;
      const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
      context.canvas.width = 512;
      const seen: number[] = [];
      while (seen.length < 10) {
        await new Promise(requestAnimationFrame);
        if (image.naturalWidth === 0) continue;
        context.drawImage(image, 0, 0);
        const row = context.getImageData(0, 8, 24 * 16, 1).data;
        let counter = 0;
        for (let bit = 0; bit < 24; bit++) if (row[(bit * 16 + 8) * 4]! > 127) counter += 2 ** bit;
        if (counter !== seen.at(-1)) seen.push(counter);
      }
      return seen;
    });
    await page.close();
    expect(counters).toEqual([...counters].sort((a, b) => a - b));
    expect(counters.at(-1)! - counters[0]!).toBeGreaterThanOrEqual(9);
  });
});
