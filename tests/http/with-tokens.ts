import { parseTokens, Tokens } from "../../server/http/access-tokens.ts";
import { silentLog } from "../../server/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { openAccess } from "../support/open-access.ts";
import { serve, type Serving } from "./serving.ts";

export const ALICE = "alice-token-0123456789";
export const BOB = "bob+token/9876543210=";
export const BROWSER = { "User-Agent": "Mozilla/5.0" };
export const PAGE = { ...BROWSER, Accept: "text/html,*/*;q=0.8" };

export function serveWithTokens(
  text = `${ALICE} Alice\n${BOB} Bob`,
): Serving & { tokens: Tokens; lines: string[] } {
  const tokens = new Tokens(parseTokens(text));
  const lines: string[] = [];
  const clock = new ManualClock();
  const note = (message: string, properties?: object): void =>
    void lines.push(`${message} ${JSON.stringify(properties)}`);
  const log = { ...silentLog, debug: note, info: note, warning: note, error: note };
  const serving = serve({ access: openAccess({ tokens, log, clock }), log });
  return { ...serving, clock, tokens, lines, [Symbol.dispose]: () => serving[Symbol.dispose]() };
}

export function get(serving: Serving, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${serving.url}${path}`, { headers, redirect: "manual" });
}

export const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });

export async function logIn(serving: Serving, token = ALICE, next = "./?pv=CAM"): Promise<Response> {
  const body = new URLSearchParams({ token, next });
  return fetch(`${serving.url}/login`, { method: "POST", body, redirect: "manual" });
}

export async function cookieOf(serving: Serving): Promise<string> {
  return (await logIn(serving)).headers.get("set-cookie")!.split(";")[0]!;
}
