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
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium, withoutChromium } from "../support/browser.ts";

/** A browser on a busy machine may take seconds for what it does in one. */
setDefaultTimeout(20_000);

/** The program as a user starts it, in a process that can be killed. */
class Program {
  readonly #process: Bun.Subprocess<"ignore", "pipe", "ignore">;

  constructor(port: number) {
    const flags = ["--sim", "--host", "127.0.0.1", "--port", port.toString(), "--connect-timeout", "0.8"];
    this.#process = Bun.spawn([process.execPath, "server/index.ts", ...flags], {
      cwd: join(import.meta.dir, "../.."),
      env: {
        ...process.env,
        EPICS_PVA_AUTO_ADDR_LIST: "NO",
        EPICS_PVA_ADDR_LIST: "",
        EPICS_PVA_NAME_SERVERS: "",
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
    });
  }

  /** The port it serves on, once it does. */
  async port(): Promise<number> {
    let printed = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stdout) {
      printed += decoder.decode(chunk, { stream: true });
      const port = /^pva-to-video \S+ at http:\/\/\S+?:(\d+)/u.exec(printed)?.[1];
      if (port !== undefined) return Number(port);
    }
    throw new Error(`It does not serve: ${printed}`);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

describe.skipIf(withoutChromium())("a simulated camera in Chromium", () => {
  let browser: Browser;
  let page: Page;
  let program: Program;
  let url: string;

  beforeAll(async () => {
    browser = await launchChromium();
    program = new Program(0);
    url = `http://127.0.0.1:${await program.port()}/`;
  });

  afterAll(async () => {
    await browser.close();
    await program.kill();
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  });

  afterEach(async () => {
    await page.close();
  });

  /**
   * Waits until the first picture shows a later frame number than `after`, and returns it. The number is read from
   * the 24 blocks in the picture's top row, 16 pixels of the camera each, lowest bit first.
   * @param columns of the camera, where the picture may have fewer
   */
  async function frameAfter(after: number, columns?: number): Promise<number> {
    const shown = await page.waitForFunction(
      ([last, full]) => {
        const picture = document.querySelector("canvas");
        const sheet = new OffscreenCanvas(24 * 16, 16).getContext("2d");
        if (picture === null || sheet === null || picture.width < 24 * 16) return undefined;
        const scale = full === undefined ? 1 : full / picture.width;
        sheet.drawImage(picture, 0, 0, picture.width * scale, picture.height * scale);
        const bits = Array.from({ length: 24 }, (_, bit) =>
          sheet.getImageData(bit * 16 + 8, 8, 1, 1).data[0]! > 127 ? 2 ** bit : 0,
        );
        const frame = bits.reduce((sum, bit) => sum + bit, 0);
        return frame > last ? frame : undefined;
      },
      [after, columns] as const,
    );
    return (await shown.jsonValue()) ?? Number.NaN;
  }

  async function moves(columns?: number): Promise<void> {
    let frame = 0;
    for (let step = 0; step < 3; step++) frame = await frameAfter(frame, columns);
    expect(frame).toBeGreaterThanOrEqual(3);
  }

  test("moves in the viewer, which says what it is", async () => {
    await page.goto(`${url}?pv=SIM:beam:512x512:uint16`);
    await page.locator(".state", { hasText: "Live" }).waitFor();
    await moves();
    await page.locator(".facts", { hasText: /fps.*range/u }).waitFor();
    const facts = await page.locator(".facts").innerText();
    expect(facts.replaceAll("\u00a0", " ")).toMatch(
      /fps · 512 × 512 · uint16 mono · range \S+ – \S+ · (fast|mozjpeg) encoder$/u,
    );
  });

  test("is shown as the address asks, and says so", async () => {
    await page.goto(`${url}?pv=SIM:bars:256x256:uint8:bayer-gbrg:bslz4&roi=16,64,100,1000&rotate=90&map=jet`);
    await page.locator(".issues", { hasText: "cut there; no colour map used" }).waitFor();
    const facts = await page.locator(".facts").innerText();
    expect(facts.replaceAll("\u00a0", " ")).toMatch(
      /100 × 192 at 16, 64 of 256 × 256 · uint8 Bayer GBRG · packed as bitshuffle LZ4 · range 0 – 255 · /u,
    );
    const canvas = page.locator("canvas").first();
    expect(await canvas.evaluate((shown: HTMLCanvasElement) => [shown.width, shown.height])).toEqual([
      192, 100,
    ]);
  });

  test("that cannot be shown as asked says why", async () => {
    await page.goto(`${url}?pv=SIM:beam:64x48&plane=7`);
    await page
      .locator(".notice-detail", { hasText: "plane=7 is not allowed: plane is from 0 to 0" })
      .waitFor();
  });

  test("is there to choose on the bare page, and moves there already", async () => {
    await page.goto(url);
    await page.locator(".previews").getByText("SIM:beam", { exact: true }).waitFor();
    await moves(1024);
  });

  test("that does not exist is said not to be found", async () => {
    await page.goto(`${url}?pv=NO:SUCH:Image`);
    await page.locator(".state", { hasText: "PV not found" }).waitFor();
    expect(await page.locator(".notice").innerText()).toContain("NO:SUCH:Image");
  });

  test("comes back by itself when the program was killed and started again", async () => {
    await page.goto(`${url}?pv=SIM:beam:512x512@20`);
    await moves();
    await program.kill();
    await page.locator(".state", { hasText: /^Server gone since/u }).waitFor();
    program = new Program(Number(new URL(url).port));
    await program.port();
    await page.locator(".state", { hasText: "Live" }).waitFor();
    const before = await frameAfter(0);
    expect(await frameAfter(before)).toBeGreaterThan(before);
  });
});
