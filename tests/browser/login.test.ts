/** The login of the viewer page, as a browser goes through it. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { type Service, startService } from "../support/service.ts";

setDefaultTimeout(20_000);

const TOKEN = "alice-token-0123456789";
const CAMERA = "SIM:beam:64x48@20";

describe.skipIf(withoutChromium())("the login in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "pva-to-video-login-"));
  let browser: Browser;
  let service: Service;

  beforeAll(async () => {
    const path = join(folder, "tokens");
    writeFileSync(path, `${TOKEN} Alice\n`);
    chmodSync(path, 0o600);
    browser = await launchChromium();
    service = await startService({ nameServers: "", flags: ["--sim", "--token-file", path] });
  });

  afterAll(async () => {
    await browser.close();
    await service.close();
    rmSync(folder, { recursive: true });
  });

  test("asks for a token, says when it is wrong, and then shows the camera that was asked for", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      // That a page is 401 is what Chromium complains of by itself.
      if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
    });
    await page.goto(service.url(`/?pv=${CAMERA}`));
    const style = await page.locator("body").evaluate((body) => getComputedStyle(body).maxWidth);
    expect(style).not.toBe("none");
    await page.fill("input[name=token]", "a-wrong-token-000000");
    await page.click("button");
    await page.waitForSelector("text=not a token of this server");
    await page.fill("input[name=token]", TOKEN);
    await page.click("button");
    await page.waitForSelector("text=Live >> visible=true");
    expect(page.url()).toBe(service.url(`/?pv=${CAMERA}`));
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
    expect(cookies[0]!.value).not.toContain(TOKEN);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("is left out where a link has a token, which then leaves the address bar", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(service.url(`/?pv=${CAMERA}&token=${TOKEN}`));
    await page.waitForSelector("text=Live >> visible=true");
    expect(page.url()).not.toContain(TOKEN);
    await context.close();
  });
});
