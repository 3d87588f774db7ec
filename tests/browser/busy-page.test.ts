/** Pages that are busy, or show many cameras, and the sockets that they have then. */
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
import { launchChromium, withoutChromium } from "../support/browser.ts";
import { type Service, startService } from "../support/service.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(30_000);

describe.skipIf(withoutChromium())("a page in Chromium", () => {
  let service: Service;
  let browser: Browser;
  let page: Page;
  /** Paths of the page's sockets. */
  let sockets: string[];

  beforeAll(async () => {
    service = await startService({ nameServers: "", flags: ["--sim", "--encoder", "fast"] });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    sockets = [];
    page.on("websocket", (socket) => sockets.push(new URL(socket.url()).pathname));
    await page.addInitScript(countPictures);
  });
  afterEach(async () => {
    await page.close();
  });

  const live = (pvs: number): Promise<void> =>
    page
      .locator("figure[data-tone=live], figure.has-picture")
      .nth(pvs - 1)
      .waitFor();

  /** Pictures that a page is handed within 50 ms after two seconds in which its only thread was busy. */
  const afterBusy = (): Promise<number> =>
    page.evaluate(async () => {
      const counted = globalThis as unknown as Counted;
      const before = counted.pictures;
      const until = performance.now() + 2000;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return counted.pictures - before;
    });

  // Two on their way, and two that come within 50 ms.
  test.each([
    ["one camera", ["SIM:beam:64x48@30"], 4],
    ["four cameras", [1, 2, 3, 4].map((rate) => `SIM:beam:64x48@${26 + rate}`), 16],
  ])("that shows %s finds two pictures of each when it was busy, and goes on", async (_, pvs, most) => {
    await page.goto(service.url(`/?${pvs.map((pv) => `pv=${pv}`).join("&")}`));
    await live(pvs.length);
    expect(await afterBusy()).toBeLessThanOrEqual(most);
    await page.waitForFunction((from) => (globalThis as unknown as Counted).pictures > from + 10, 0);
  });

  test("that acknowledges nothing finds many of them", async () => {
    await page.goto(service.url("/?pv=NOBODY"));
    await page.evaluate(() => {
      const { origin } = location;
      new WebSocket(`${origin.replace("http", "ws")}/ws/mjpg/SIM:beam:64x48@30`);
    });
    await page.waitForFunction(() => (globalThis as unknown as Counted).pictures > 10);
    expect(await afterBusy()).toBeGreaterThan(8);
  });

  test("that shows many cameras has one socket for all of them", async () => {
    const pvs = ["SIM:beam:64x48@5", "SIM:bars:64x48@5", "SIM:noise:64x48@5", "SIM:gradient:64x48@5"];
    await page.goto(service.url(`/?${pvs.map((pv) => `pv=${pv}`).join("&")}`));
    await live(pvs.length);
    expect(sockets).toEqual(["/ws"]);
  });
});

/** What pages are made to count. */
interface Counted {
  pictures: number;
}

/** Runs in the page before anything else: counts the binary messages of all sockets. */
function countPictures(): void {
  const counted = globalThis as unknown as Counted;
  counted.pictures = 0;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        if (typeof data !== "string") counted.pictures++;
      });
    }
  };
}
