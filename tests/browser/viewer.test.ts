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
import type { Browser, Locator, Page } from "playwright-core";
import { CLOSE_CODE } from "../../server/http/protocol.ts";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import type { ScriptedPv } from "../support/scripted-pv.ts";
import { ScriptedServer } from "../support/scripted-server.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

/** Two JPEGs of 64 × 48 pixels, all 40 and all 200, written by Pillow. */
const HEAD =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAAwAEABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oACAEBAAA/";
const DARK = Uint8Array.fromBase64(`${HEAD}AJOAAAAAAAAAAAAAAAD/2Q==`);
const BRIGHT = Uint8Array.fromBase64(`${HEAD}AKQAAAAAAAAAAAAAAAD/2Q==`);
const LIVE = {
  state: "live",
  reason: "",
  width: 64,
  height: 48,
  sampleType: "uint16",
  colourMode: "mono",
  range: { low: 12, high: 4095 },
  encoder: "fast",
  cameraFps: 25,
} as const;

describe.skipIf(withoutChromium())("the page in Chromium", () => {
  let browser: Browser;
  let page: Page;
  let server: ScriptedServer;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    server = new ScriptedServer([
      { name: "SIM:a", description: "The <b>first</b>" },
      { name: "SIM:b", description: "The second", options: { map: "viridis" } },
      { name: "SIM:c", description: "The third" },
      { name: "SIM:d", description: "The fourth" },
      { name: "SIM:costly", description: "The fifth" },
    ]);
    page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    complaints.length = 0;
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  afterEach(async () => {
    await page.close();
    await server.vanish();
    expect(complaints).toEqual([]);
  });

  const camera = (pv: string): Locator => page.locator(".camera").filter({ hasText: pv });

  /** Opens `query` and makes `pv` live with one dark picture. */
  async function openLive(query: string, pv: ScriptedPv): Promise<void> {
    pv.say(LIVE);
    await page.goto(`${server.url}${query}`);
    await page.locator(".state").first().filter({ hasText: "Live" }).waitFor();
    pv.send(DARK);
    await untilGrey(40);
  }

  /** Waits until the middle of the first picture has this grey level, within JPEG's tolerance. */
  async function untilGrey(level: number): Promise<void> {
    await page.waitForFunction((wanted) => {
      const canvas = document.querySelector("canvas");
      const [grey] =
        canvas?.getContext("2d")?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data ?? [];
      return grey !== undefined && Math.abs(grey - wanted) <= 3;
    }, level);
  }

  test("shows a PV of the address at once, with its picture and its facts", async () => {
    const pv = server.pv("13SIM1:Pva1:Image");
    await openLive("?pv=13SIM1:Pva1:Image", pv);
    const facts = (await camera("13SIM1").locator(".facts").textContent())?.replaceAll("\u00a0", " ");
    expect(facts).toContain("64 × 48 · uint16 mono · range 12 – 4095 · fast encoder");
    pv.send(BRIGHT);
    await untilGrey(200);
    expect(await page.title()).toContain("13SIM1:Pva1:Image");
  });

  test("draws a small picture as large as fits, in its own shape, with sharp samples", async () => {
    await openLive("?pv=A", server.pv("A"));
    const canvas = page.locator("canvas").first();
    const box = (await canvas.boundingBox())!;
    expect(box.width).toBeGreaterThan(700);
    const style = await canvas.evaluate((shown) => {
      const { objectFit, imageRendering } = getComputedStyle(shown);
      return { objectFit, imageRendering };
    });
    expect(style).toEqual({ objectFit: "contain", imageRendering: "pixelated" });
  });

  test("says plainly that a PV is missing, and shows it when it comes", async () => {
    const pv = server.pv("NOT:THERE");
    pv.refuse(CLOSE_CODE.notFound, "No EPICS server answered for NOT:THERE within 3 s.");
    await page.clock.install();
    await page.goto(`${server.url}?pv=NOT:THERE`);
    const notice = page.locator(".notice");
    await notice.filter({ hasText: "PV not found" }).waitFor();
    const words = await notice.innerText();
    expect(words).toContain("No EPICS server answered for NOT:THERE within 3 s.");
    expect(words).toContain("Check the name");
    pv.accept();
    pv.say(LIVE);
    await page.clock.fastForward(4000);
    await page.locator(".state", { hasText: "Live" }).waitFor();
    pv.send(DARK);
    await notice.waitFor({ state: "hidden" });
  });

  test("keeps the last picture of a gone camera, dimmed, and says since when it is gone", async () => {
    const pv = server.pv("A");
    await openLive("?pv=A", pv);
    pv.say({ state: "disconnected", reason: "The IOC <i>closed</i> the connection." });
    await page.locator(".state", { hasText: /^Disconnected since \d\d:\d\d:\d\d$/u }).waitFor();
    expect(await page.locator(".notice").innerText()).toContain("The IOC <i>closed</i> the connection.");
    await untilGrey(40);
    expect(
      await page
        .locator("canvas")
        .first()
        .evaluate((shown) => getComputedStyle(shown).opacity),
    ).toBe("0.3");
    pv.say({ state: "live", reason: "" });
    await page.locator(".state", { hasText: "Live" }).waitFor();
  });

  test("says that the server is gone, and goes on when it is back", async () => {
    const pv = server.pv("A");
    await openLive("?pv=A", pv);
    await server.vanish();
    await page.locator(".state", { hasText: /^Server gone since/u }).waitFor();
    server.comeBack();
    await page.locator(".state", { hasText: "Live" }).waitFor();
    pv.send(BRIGHT);
    await untilGrey(200);
  });

  test("outlives a broken picture", async () => {
    const pv = server.pv("A");
    await openLive("?pv=A", pv);
    pv.send(DARK.subarray(0, 40));
    pv.send(BRIGHT);
    await untilGrey(200);
  });

  test("hands the options of the address to every stream, and writes changes back", async () => {
    const [a, b] = [server.pv("A"), server.pv("B")];
    b.say(LIVE);
    await openLive("?pv=A&pv=B&range=auto&fps=5", a);
    expect([a.queries, b.queries]).toEqual([["?range=auto&fps=5"], ["?range=auto&fps=5"]]);
    expect(await page.locator("#range").inputValue()).toBe("auto");

    await page.locator("#options-toggle").click();
    await page.locator("#quality").fill("60");
    await page.locator("#quality").press("Enter");
    await page.locator("#range").selectOption("fixed");
    await page.waitForURL("**/?pv=A&pv=B&range=12,4095&fps=5&quality=60");
    await until(() => a.viewers === 1 && a.queries.at(-1) === "?range=12,4095&fps=5&quality=60");
  });

  test("takes what is typed, goes back, and leaves no stream open behind it", async () => {
    const [a, b] = [server.pv("A:1"), server.pv("B:2")];
    await page.goto(server.url);
    await page.locator("#pv").fill(" pva://A:1  B:2 ");
    await page.locator("#pv").press("Enter");
    await until(() => a.viewers === 1 && b.viewers === 1);
    expect(page.url()).toBe(`${server.url}?pv=A:1&pv=B:2`);

    await camera("A:1").locator(".remove").click();
    await until(() => a.viewers === 0 && b.viewers === 1);
    expect(b.queries).toHaveLength(1);

    await page.goBack();
    await until(() => a.viewers === 1 && b.viewers === 1);
    await page.goBack();
    await until(() => a.viewers === 0 && b.viewers === 0);
  });

  test("leaves the keyboard at the camera that took the place of a removed one", async () => {
    await page.goto(`${server.url}?pv=A:1&pv=B:2&pv=C:3`);
    const focused = camera("B:2").locator(":focus");
    await camera("A:1").locator(".remove").press("Enter");
    await focused.waitFor();
    await camera("C:3").locator(".remove").press("Enter");
    await page.waitForURL("**/?pv=B:2");
    await focused.waitFor();
  });

  test("offers the best simulated cameras as moving pictures, the others by name only", async () => {
    const [best, costly] = [server.pv("SIM:a"), server.pv("SIM:costly")];
    best.say(LIVE);
    await page.goto(server.url);
    await until(() => best.viewers === 1 && server.pv("SIM:d").viewers === 1);
    expect(server.pv("SIM:b").queries[0]).toStartWith("?map=viridis&fps=");
    expect(await page.locator("#simulated a", { hasText: "SIM:b" }).getAttribute("href")).toBe(
      "?pv=SIM:b&map=viridis",
    );
    best.send(BRIGHT);
    await untilGrey(200);
    expect(costly.queries).toEqual([]);
    // Descriptions are text, whatever they look like.
    const descriptions = await page.locator("#simulated .description").allTextContents();
    expect(descriptions).toEqual(["The <b>first</b>", "The second", "The third", "The fourth", "The fifth"]);

    await page.locator("#simulated").getByText("SIM:costly").click();
    await page.waitForURL("**/?pv=SIM:costly");
    await until(() => costly.viewers === 1 && best.viewers === 0);
  });

  test("fills the screen with one camera on a double click", async () => {
    await openLive("?pv=A&pv=B", server.pv("A"));
    await page.locator("canvas").first().dblclick();
    await page.locator(".camera:fullscreen").getByText("Leave full screen").waitFor();
    await page.locator(".camera:fullscreen .full-screen").click();
    await page.locator(".camera:fullscreen").waitFor({ state: "detached" });
  });

  test("names every control, for those who do not see it", async () => {
    await openLive("?pv=A&pv=B", server.pv("A"));
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll("button, input, select, a, canvas")]
        .filter((control) => control.checkVisibility())
        .filter((control) => {
          const labels =
            control instanceof HTMLInputElement || control instanceof HTMLSelectElement
              ? [...(control.labels ?? [])]
              : [];
          const name = control.getAttribute("aria-label") ?? control.textContent;
          return name.trim() === "" && !labels.some((label) => label.textContent.trim() !== "");
        })
        .map((control) => control.outerHTML),
    );
    expect(unnamed).toEqual([]);
  });

  for (const isSecureContext of [true, false])
    test(`copies the <img> address from a ${isSecureContext ? "secure" : "plain http"} page`, async () => {
      await page.addInitScript((secure) => {
        Object.defineProperty(window, "isSecureContext", { value: secure });
        if (!secure) navigator.clipboard.writeText = () => Promise.reject(new Error("not for plain http"));
      }, isSecureContext);
      await openLive("?pv=A:1&range=auto", server.pv("A:1"));
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.locator(".copy").click();
      await page.locator(".copy", { hasText: "Copied" }).waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(`${server.url}mjpg/A:1?range=auto`);
    });
});

/** Waits, looking every few milliseconds, until something is so; the test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5);
}
