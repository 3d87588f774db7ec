import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import type { Browser, Page } from "playwright-core";
import { CLOSE_CODE } from "../../server/http/protocol.ts";
import { Core, DEFAULT_RECIPE } from "../../wasm/core/index.ts";
import { decodeJpeg } from "../encode/decode.ts";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { ScriptedServer } from "../support/scripted-server.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

const DESK = { width: 1000, height: 700 };
const PHONE = { width: 360, height: 740 };
const LEVEL = 40;

const core = await Core.load();

/** A JPEG of this size, all samples at LEVEL. */
function evenJpeg(width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height).fill(LEVEL);
  const shape = { width, height, sampleType: "uint8", colourMode: "mono", bigEndian: false } as const;
  return core.encodeJpeg({ ...shape, pixels }, DEFAULT_RECIPE).jpeg.slice();
}

describe.skipIf(withoutChromium())("the page's layout in Chromium", () => {
  let browser: Browser;
  let page: Page;
  let server: ScriptedServer;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    server = new ScriptedServer([]);
    page = await browser.newPage({ viewport: DESK });
  });

  afterEach(async () => {
    await page.close();
    await server.vanish();
  });

  /** How many rows and columns of the stage show LEVEL in their middle. */
  async function seen(): Promise<{ rows: number; columns: number }> {
    const shot = await page.locator(".stage").screenshot({ type: "jpeg", quality: 100 });
    const { data, width, height } = await decodeJpeg(shot);
    const shown = (x: number, y: number): boolean => Math.abs(data[4 * (y * width + x)]! - LEVEL) < 10;
    const rows = Array.from({ length: height }, (_, y) => shown(width >> 1, y));
    const columns = Array.from({ length: width }, (_, x) => shown(x, height >> 1));
    return { rows: rows.filter(Boolean).length, columns: columns.filter(Boolean).length };
  }

  for (const [device, viewport] of [
    ["a desk", DESK],
    ["a phone", PHONE],
  ] as const) {
    for (const [width, height] of [
      [5000, 1],
      [2, 9000],
    ] as const) {
      test(`shows ${width} × ${height} pixels on ${device}, though true to scale they would be too thin to be seen`, async () => {
        const pv = server.pv("LINE");
        pv.say({ state: "live" });
        await page.setViewportSize(viewport);
        await page.goto(`${server.url}?pv=LINE`);
        await page.locator(".state", { hasText: "Live" }).waitFor();
        pv.send(evenJpeg(width, height));
        await page.locator(".has-picture").waitFor();
        const { rows, columns } = await seen();
        expect(Math.min(rows, columns)).toBeGreaterThan(40);
      });
    }
  }

  test("shows a picture of ordinary shape true to scale", async () => {
    const pv = server.pv("A");
    pv.say({ state: "live" });
    await page.goto(`${server.url}?pv=A`);
    await page.locator(".state", { hasText: "Live" }).waitFor();
    pv.send(evenJpeg(100, 5));
    await page.locator(".has-picture").waitFor();
    const stage = (await page.locator(".stage").boundingBox())!;
    expect(Math.abs((await seen()).rows - stage.width / 20)).toBeLessThan(4);
  });

  test("begins a notice that does not fit at its title", async () => {
    server.pv("A").refuse(CLOSE_CODE.notFound, "No EPICS server answered, ".repeat(4));
    await page.setViewportSize({ width: 300, height: 500 });
    await page.goto(`${server.url}?pv=A`);
    const title = page.locator(".notice-title", { hasText: "PV not found" });
    await title.waitFor();
    const notice = await page.locator(".notice").evaluate((shown) => shown.scrollHeight - shown.clientHeight);
    expect(notice).toBeGreaterThan(0);
    const stage = (await page.locator(".stage").boundingBox())!;
    expect((await title.boundingBox())!.y).toBeGreaterThanOrEqual(stage.y);
  });

  test("never makes the places of many cameras too narrow for their words and buttons", async () => {
    const pvs = Array.from({ length: 30 }, (_, i) => `A:${i}`);
    for (const pv of pvs) server.pv(pv).say({ state: "stalled" });
    await page.goto(`${server.url}?${pvs.map((pv) => `pv=${pv}`).join("&")}`);
    await page.locator(".state", { hasText: "Stalled since" }).nth(29).waitFor();
    const covered = await page.evaluate(
      () =>
        [...document.querySelectorAll(".camera")].filter((camera) => {
          const words = camera.querySelector(".state")!.getBoundingClientRect();
          return words.right > camera.querySelector(".actions")!.getBoundingClientRect().left;
        }).length,
    );
    expect(covered).toBe(0);
  });

  test("gives a few cameras all the width there is", async () => {
    for (const pv of ["A", "B", "C", "D"]) server.pv(pv).say({ state: "stalled" });
    await page.goto(`${server.url}?pv=A&pv=B&pv=C&pv=D`);
    const widths = await page
      .locator(".camera")
      .evaluateAll((cameras) => cameras.map((camera) => camera.getBoundingClientRect().width));
    for (const width of widths) expect(width).toBeGreaterThan(DESK.width / 2 - 25);
  });

  test("adds nothing to go back through when the same name is shown again", async () => {
    await page.goto(`${server.url}?pv=A&range=0,5`);
    const before = await page.evaluate(() => history.length);
    await page.locator("#pv").press("Enter");
    await page.locator("#pv").fill("B");
    await page.locator("#pv").press("Enter");
    await page.waitForURL("**/?pv=B&range=0,5");
    expect(await page.evaluate(() => history.length)).toBe(before + 1);
  });
});
