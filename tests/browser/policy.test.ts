import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { Firefox, withoutFirefox } from "../support/firefox.ts";
import { type Service, startService } from "../support/service.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(30_000);

/** What a page is run in before its scripts: keeps count of what the policy forbids. Sent as text. */
function watch(): void {
  const seen: string[] = [];
  Object.assign(globalThis, { violations: seen });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    seen.push(`${violatedDirective} ${blockedURI}`),
  );
}

/**
 * Uses the page in every way that its policy might forbid, and then does what it must forbid. Sent as text.
 * @returns what was forbidden while it was used, and then whether the script of a stranger ran
 */
async function use(): Promise<string> {
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const violations = (): string[] => (globalThis as unknown as { violations: string[] }).violations;
  await until(() => document.querySelector(".state")?.textContent === "Live");
  await until(() => document.querySelector("canvas")!.width === 64);
  document.querySelector<HTMLButtonElement>("#options-toggle")!.click();
  const map = document.querySelector<HTMLSelectElement>("#map")!;
  map.value = "viridis";
  map.dispatchEvent(new Event("input", { bubbles: true }));
  map.dispatchEvent(new Event("change", { bubbles: true }));
  await until(() => location.search.includes("map=viridis"));
  document.querySelector<HTMLButtonElement>(".copy")!.click();
  const styled = getComputedStyle(document.querySelector("header")!).display !== "block";
  const whileUsed = violations().length;
  const script = document.createElement("script");
  script.textContent = "globalThis.strange = true";
  document.body.append(script);
  await until(() => violations().length > whileUsed);
  return JSON.stringify({
    forbidden: violations().slice(0, whileUsed),
    styled,
    strange: "strange" in globalThis,
  });
}

const ALL_WELL = { forbidden: [], styled: true, strange: false };
const CAMERA = "SIM:beam:64x48@20";

describe.skipIf(withoutChromium())("the page's policy in Chromium", () => {
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

  async function open(path: string): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    await page.addInitScript(watch);
    // "load" never comes for a stream.
    await page.goto(service.url(path), { waitUntil: "commit" });
    return { page, complaints };
  }

  test("forbids nothing that the page does, and the script of a stranger", async () => {
    const { page, complaints } = await open(`/?pv=${CAMERA}`);
    expect(JSON.parse(await page.evaluate(use))).toEqual(ALL_WELL);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain("inline script");
    await page.close();
  });

  test("forbids nothing on the bare page with its simulated cameras", async () => {
    const { page, complaints } = await open("/");
    await page.waitForFunction(() => {
      const shown = [...document.querySelectorAll<HTMLCanvasElement>(".previews canvas")];
      return shown.length === 4 && shown.every(({ width }) => width > 4);
    });
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("forbids nothing where a stream is shown in a tab of its own", async () => {
    const { page, complaints } = await open(`/mjpg/${CAMERA}`);
    await page.waitForFunction(() => document.images[0]?.naturalWidth === 64);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("lets pages of other sites show the page in a frame", async () => {
    const page = await browser.newPage();
    await page.setContent(`<iframe src="${service.url(`/?pv=${CAMERA}`)}">`);
    await page.frameLocator("iframe").locator(".state", { hasText: "Live" }).waitFor();
    await page.close();
  });
});

test.skipIf(withoutFirefox())(
  "the page's policy forbids Firefox nothing that the page does, and the script of a stranger",
  async () => {
    const service = await startService({ nameServers: "", flags: ["--sim"] });
    const firefox = await Firefox.launch();
    await firefox.open(service.url(`/?pv=${CAMERA}`), watch);
    expect(JSON.parse(await firefox.evaluate(use, ""))).toEqual(ALL_WELL);
    await firefox.close();
    await service.close();
  },
);
