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
import { Core, DEFAULT_RECIPE, MAPS, parseRecipe } from "../../wasm/core/index.ts";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import type { ScriptedPv } from "../support/scripted-pv.ts";
import { ScriptedServer } from "../support/scripted-server.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

const [WIDTH, HEIGHT] = [200, 100];
const core = await Core.load();
const JPEG = core
  .encodeJpeg(
    {
      width: WIDTH,
      height: HEIGHT,
      sampleType: "uint8",
      colourMode: "mono",
      bigEndian: false,
      pixels: new Uint8Array(WIDTH * HEIGHT).fill(90),
    },
    DEFAULT_RECIPE,
  )
  .jpeg.slice();

const PICTURE = {
  region: { x: 0, y: 0, width: WIDTH, height: HEIGHT, plane: 0 },
  width: WIDTH,
  height: HEIGHT,
  issues: [],
  source: "fast",
};
const LIVE = {
  state: "live",
  width: WIDTH,
  height: HEIGHT,
  sampleType: "uint16",
  colourMode: "mono",
  range: { low: 12, high: 4095 },
  cameraFps: 25,
  picture: PICTURE,
} as const;

describe.skipIf(withoutChromium())("the picture options in Chromium", () => {
  let browser: Browser;
  let page: Page;
  let server: ScriptedServer;
  let pv: ScriptedPv;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  beforeEach(async () => {
    server = new ScriptedServer([]);
    pv = server.pv("A");
    complaints.length = 0;
    page = await newPage({ viewport: { width: 1000, height: 700 } });
  });

  afterEach(async () => {
    await page.close();
    await server.vanish();
    expect(complaints).toEqual([]);
  });

  async function newPage(options: Parameters<Browser["newPage"]>[0]): Promise<Page> {
    const opened = await browser.newPage(options);
    opened.on("pageerror", (error) => complaints.push(error.message));
    return opened;
  }

  /** Opens `query` and shows one picture. */
  async function openLive(query = "?pv=A"): Promise<void> {
    pv.say(LIVE);
    await page.goto(`${server.url}${query}`);
    await page.locator(".state", { hasText: "Live" }).first().waitFor();
    pv.send(JPEG);
    await page.locator(".has-picture").first().waitFor();
    await page.waitForFunction((width) => document.querySelector("canvas")?.width === width, WIDTH);
  }

  /** Waits until the page's address ends like this, and its stream was asked for the same. */
  async function untilAsked(options: string): Promise<void> {
    await page.waitForURL(`**/?pv=A${options === "" ? "" : `&${options}`}`);
    const query = options === "" ? "" : `?${options}`;
    while (pv.queries.at(-1) !== query) await Bun.sleep(5);
  }

  test("stay folded away until they are wanted, by keyboard too, and say how many are in effect", async () => {
    await openLive("?pv=A&map=viridis&reverse=undo");
    const toggle = page.getByRole("button", { name: "Picture options" });
    expect(await page.locator("#options").isVisible()).toBe(false);
    expect(await toggle.innerText()).toContain("2");
    await toggle.press("Enter");
    await page.locator("#map").waitFor();
    expect(await toggle.getAttribute("aria-expanded")).toBe("true");
    expect(await page.locator("#map").inputValue()).toBe("viridis");
    await page.locator("#map").press("Escape");
    await page.locator("#options").waitFor({ state: "hidden" });
    expect(await toggle.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test("go into the address and to the server one by one, and away again all at once", async () => {
    await openLive();
    await page.locator("#options-toggle").click();
    await page.locator("#range").selectOption("percent");
    await untilAsked("range=auto:1,99");
    await page.locator("#high").fill("99.5");
    await page.locator("#high").press("Enter");
    await untilAsked("range=auto:1,99.5");
    await page.locator("#curve").selectOption("gamma");
    await untilAsked("range=auto:1,99.5&curve=gamma:2.2");
    await page.locator("#curve").selectOption("log");
    await page.locator("#saturated").check();
    await page.locator("#rotate").selectOption("90");
    await untilAsked("range=auto:1,99.5&curve=log&saturated=on&rotate=90");
    await page.locator("#range").selectOption("full");
    expect(await page.locator(".bounds").isVisible()).toBe(false);
    await page.locator("#reset").click();
    await untilAsked("");
    expect(await page.locator("#saturated").isChecked()).toBe(false);
  });

  test("do not let half a range out, nor one that is upside down", async () => {
    await openLive("?pv=A&range=10,20");
    await page.locator("#options-toggle").click();
    const before = pv.queries.length;
    await page.locator("#low").fill("");
    await page.locator("#low").press("Enter");
    await page.locator("#low").fill("30");
    await page.locator("#low").press("Enter");
    expect(await page.locator("#high").evaluate((input: HTMLInputElement) => input.validity.valid)).toBe(
      false,
    );
    expect(pv.queries).toHaveLength(before);
    await page.locator("#high").fill("40");
    await page.locator("#high").press("Enter");
    await untilAsked("range=30,40");
  });

  test("offer what the server takes, and every colour map", async () => {
    await openLive();
    const offered = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLSelectElement>("#options select")].flatMap(({ id, options }) =>
        [...options].map(({ value }) => [id, value] as const),
      ),
    );
    const withNumbers = new Map([
      ["percent", "auto:1,99"],
      ["fixed", "0,1"],
      ["gamma", "gamma:2.2"],
    ]);
    for (const [name, value] of offered)
      if (value !== "") parseRecipe(new Map([[name, withNumbers.get(value) ?? value]]));
    const maps = offered.filter(([name]) => name === "map").map(([, value]) => value);
    expect(maps).toEqual(["", ...MAPS.slice(1)]);
  });

  test("take a region from a drag over the picture, and all of it again from a double click", async () => {
    await openLive();
    const stage = (await page.locator(".stage").boundingBox())!;
    // The picture is twice as wide as high and fills the stage's width.
    const scale = stage.width / WIDTH;
    const middle = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
    await page.mouse.move(middle.x - 40 * scale + 1, middle.y - 20 * scale + 1);
    await page.mouse.down();
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.move(middle.x + 20 * scale - 1, middle.y + 10 * scale - 1);
    const drawn = (await page.locator(".drawn-region").boundingBox())!;
    expect(Math.abs(drawn.width - 60 * scale)).toBeLessThan(4);
    await page.mouse.up();
    await untilAsked("roi=60,30,60,30");
    expect(await page.locator(".drawn-region").isVisible()).toBe(false);
    await page.mouse.dblclick(middle.x, middle.y);
    await untilAsked("");
    expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();
  });

  test("take no region from a click, nor from a drag that was given up", async () => {
    await openLive();
    const stage = (await page.locator(".stage").boundingBox())!;
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    await page.mouse.click(x, y);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + 40);
    await page.locator(".drawn-region").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".drawn-region").waitFor({ state: "hidden" });
    await page.mouse.up();
    // Through the page and back: what the pointer has started would have been told by now.
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(page.url()).toBe(`${server.url}?pv=A`);
    expect(pv.queries).toHaveLength(1);
  });

  test("take a typed region, and refuse what is none before the server does", async () => {
    await openLive();
    await page.locator("#options-toggle").click();
    await page.locator("#roi").fill("1,2,3");
    await page.locator("#roi").press("Enter");
    expect(pv.queries).toHaveLength(1);
    await page.locator("#roi").fill("1, 2, 3, 4");
    await page.locator("#roi").press("Enter");
    await untilAsked("roi=1,2,3,4");
    await page.locator("#roi-clear").click();
    await untilAsked("");
  });

  test("let a finger draw when it was asked to, and scroll otherwise", async () => {
    await page.close();
    page = await newPage({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await openLive();
    await page.locator("#options-toggle").tap();
    await page.locator("#roi-select").tap();
    const touch = (): Promise<string> =>
      page
        .locator("canvas")
        .first()
        .evaluate((canvas) => getComputedStyle(canvas).touchAction);
    expect(await touch()).toBe("none");
    const stage = (await page.locator(".stage").boundingBox())!;
    await page
      .locator("canvas")
      .first()
      .evaluate((canvas, { x, y }) => {
        const finger = { pointerId: 1, pointerType: "touch", isPrimary: true, button: 0, bubbles: true };
        canvas.setPointerCapture = () => undefined;
        const send = (type: string, clientX: number, clientY: number): boolean =>
          canvas.dispatchEvent(new PointerEvent(type, { ...finger, clientX, clientY }));
        send("pointerdown", x, y);
        send("pointermove", x + 100, y + 50);
        send("pointerup", x + 100, y + 50);
      }, stage);
    await page.waitForURL(/roi=0,0,\d+,\d+$/u);
    expect(await touch()).not.toBe("none");
  });

  test("offer planes where there are any", async () => {
    await openLive();
    await page.locator("#options-toggle").click();
    expect(await page.locator("#plane").isVisible()).toBe(false);
    pv.say({ planes: 5 });
    await page.locator("#plane").waitFor();
    await page.locator("#plane").fill("4");
    await page.locator("#plane").press("Enter");
    await untilAsked("plane=4");
  });

  test("fit a phone's width and leave the picture in sight", async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await openLive("?pv=A&map=viridis");
    await page.locator("#options-toggle").click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(320);
    const box = (await page.locator("canvas").first().boundingBox())!;
    expect(box.y + box.height / 2).toBeLessThan(640);
  });

  test("are named where a wish was not carried out, and where it cannot be", async () => {
    await openLive("?pv=A&map=jet");
    pv.say({ codec: "blosc", picture: { ...PICTURE, issues: ["map-ignored"], source: "camera" } });
    await page.locator(".issues", { hasText: "No colour map used" }).waitFor();
    const facts = (await page.locator(".facts").innerText()).replaceAll("\u00a0", " ");
    expect(facts).toContain("packed as Blosc");
    expect(facts).toContain("the camera’s own JPEG");
    pv.refuse(CLOSE_CODE.badOption, "map=jet <b>is</b> not allowed.");
    await page.locator(".notice-detail", { hasText: "map=jet <b>is</b> not allowed." }).waitFor();
    expect(await page.locator(".notice-advice").innerText()).toContain("picture options");
  });

  test("name each control, for those who do not see it", async () => {
    await openLive("?pv=A&range=0,5&curve=gamma:2&plane=1");
    await page.locator("#options-toggle").click();
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>("#options :is(button, input, select)")]
        .filter((control) => control.checkVisibility())
        .filter((control) => {
          const labels = [...(control.labels ?? [])].map((label) => label.textContent.trim());
          const name = control.getAttribute("aria-label") ?? control.textContent;
          return name.trim() === "" && !labels.some((label) => label !== "");
        })
        .map((control) => control.outerHTML),
    );
    expect(unnamed).toEqual([]);
  });
});
