import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { Certificate, withoutOpenSsl } from "../support/certificate.ts";
import { type Service, startService } from "../support/service.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(30_000);

const CAMERA = "SIM:beam:64x48@20";

describe.skipIf(withoutChromium() || withoutOpenSsl())("Chromium over HTTPS", () => {
  let browser: Browser;
  let certificate: Certificate;
  let service: Service;
  let origin: string;

  beforeAll(async () => {
    browser = await launchChromium();
    certificate = Certificate.make("localhost");
    const flags = ["--sim", "--tls-cert", certificate.cert, "--tls-key", certificate.key];
    service = await startService({ nameServers: "", flags });
    origin = service.url("").replace("http:", "https:");
  });

  afterAll(async () => {
    await browser.close();
    await service.close();
    certificate[Symbol.dispose]();
  });

  test("shows the page with its camera", async () => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`${origin}/?pv=${CAMERA}`);
    await page.locator(".state", { hasText: "Live" }).waitFor();
    await page.close();
  });

  test("shows ten streams of one page at once, and has room for a request beside them", async () => {
    const page = await browser.newPage({ ignoreHTTPSErrors: true });
    await page.goto(`${origin}/?pv=${CAMERA}`);
    await page.evaluate((camera) => {
      const images = Array.from({ length: 10 }, (_, index) => {
        const image = new Image();
        image.src = `mjpg/${camera}?quality=${index + 50}`;
        return image;
      });
      document.body.replaceChildren(...images);
    }, CAMERA);
    await page.waitForFunction(() => {
      const shown = [...document.images].filter(({ naturalWidth }) => naturalWidth === 64);
      return shown.length === 10;
    });
    expect(await page.evaluate(async () => (await fetch("/viewer.json")).status)).toBe(200);
    await page.close();
  });
});
