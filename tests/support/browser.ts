import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { requireTool } from "./tools.ts";

/** What no test wants of a browser: a sandbox it may not have, a graphics card, and calls home. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium: $CHROMIUM_PATH, then where Debian, Ubuntu, Fedora and macOS put it; undefined where there is none. */
export function findChromium(): string | undefined {
  const candidates = [
    process.env["CHROMIUM_PATH"],
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/snap/bin/chromium",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

/** Whether browser tests must be skipped; says so in words, and throws under CI=true. */
export function withoutChromium(): boolean {
  return requireTool(
    "Chromium (its path in CHROMIUM_PATH, or installed by the system)",
    findChromium() !== undefined,
  );
}

/** Starts Chromium with a fresh profile, which goes when it is closed. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("there is no Chromium; ask withoutChromium first");
  return await chromium.launch({ executablePath, args: FLAGS });
}
