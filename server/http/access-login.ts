import { createHash } from "node:crypto";
import type { Client } from "./access-client.ts";
import { Refusal } from "./refusal.ts";
import type { Token } from "./access-tokens.ts";

/** What a browser keeps after a login. */
const COOKIE = "pva-to-video";
/** A month, in seconds: browsers take no more than some longer time. */
const KEPT_S = 30 * 86_400;
const LARGEST_FORM = 4096;

const STYLE =
  "body{font:16px system-ui,sans-serif;max-width:22em;margin:20vh auto;padding:0 1em;color-scheme:light dark}" +
  "input,button{font:inherit;padding:.4em;box-sizing:border-box;width:100%;margin:.5em 0}.wrong{color:#c33}";

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": POLICY,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/** A refusal that a person is told on a page. */
export class PageRefusal extends Refusal {
  readonly page: Response;

  constructor(refusal: Refusal, page: Response) {
    super(refusal.code, refusal.message, refusal.details, refusal);
    this.page = page;
  }
}

/** What was sent by the form of the login page. */
export interface Login {
  readonly token: string;
  /** Where the browser wanted to go, relative to the login; never another host. */
  readonly next: string;
}

/** A login that failed. */
export interface Failed {
  readonly wrong?: string | undefined;
  /** Where the browser wanted to go; what it has asked for, unless given. */
  readonly next?: string;
}

/** Whether a person reads the answer: navigations ask for HTML, images and programs do not. */
export function wantsPage(request: Request): boolean {
  return request.method === "GET" && (request.headers.get("accept") ?? "").includes("text/html");
}

/**
 * The page that asks for a token, without a script. All addresses in it are relative to where it is shown, so that it
 * works under any path that a proxy puts before ours.
 *
 * @param path of the request, below the base path
 */
export function loginPage(
  request: Request,
  path: string,
  status: number,
  { wrong, next = `.${path}${searchOf(request)}` }: Failed = {},
): Response {
  const depth = Math.max(0, path.split("/").length - 2);
  // A cookie that is SameSite=Strict stays behind when a link on another site leads here. This page comes from here, so
  // when it asks for itself again the cookie comes along, if there is one.
  const isFromElsewhere = request.headers.get("sec-fetch-site") === "cross-site";
  const again = isFromElsewhere ? '<meta http-equiv="refresh" content="0">' : "";
  const html = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">${again}`,
    `<meta name="viewport" content="width=device-width"><title>pva-to-video</title><style>${STYLE}</style></head>`,
    "<body><h1>pva-to-video</h1><p>This server shows cameras to those who have a token.</p>",
    wrong === undefined ? "" : `<p class="wrong">${Bun.escapeHTML(wrong)}</p>`,
    `<form method="post" action="${"../".repeat(depth)}login">`,
    '<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label>',
    `<input type="hidden" name="next" value="${Bun.escapeHTML(next)}"><button>Show cameras</button>`,
    "</form></body></html>\n",
  ];
  return new Response(html.join(""), { status, headers: PAGE_HEADERS });
}

/** Reads what the form has sent; undefined where it is none. @throws Refusal `client-gone` */
export async function readLogin(request: Request): Promise<Login | undefined> {
  const type = request.headers.get("content-type") ?? "";
  const length = Number(request.headers.get("content-length") ?? NaN);
  if (!type.startsWith("application/x-www-form-urlencoded") || !(length <= LARGEST_FORM)) return undefined;
  const text = await request.text().catch((cause: unknown) => {
    throw new Refusal("client-gone", "The client left before it had sent its form.", {}, cause);
  });
  const form = new URLSearchParams(text);
  const next = form.get("next") ?? "";
  return {
    token: (form.get("token") ?? "").trim(),
    next: /^\.\/[\x21-\x7e]*$/u.test(next) ? next : "./",
  };
}

/** Sends the browser on, with the session of `token` to be kept. */
export function loggedIn(token: Token, client: Client, to: string, basePath: string): Response {
  const attributes = [`Path=${basePath}/`, `Max-Age=${KEPT_S}`, "HttpOnly", "SameSite=Strict"];
  if (client.secure) attributes.push("Secure");
  const headers = {
    Location: to,
    "Set-Cookie": [`${COOKIE}=${token.session}`, ...attributes].join("; "),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  };
  return new Response(null, { status: 303, headers });
}

/** The address of a request again, relative to itself. */
export function sameAddress(request: Request, path: string): string {
  return `./${path.slice(path.lastIndexOf("/") + 1)}${searchOf(request)}`;
}

/** Sessions that a browser has sent along, there may be several for several paths. */
export function sessionsOf(request: Request): string[] {
  const cookies = request.headers.get("cookie") ?? "";
  return cookies
    .split(";", 50)
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(`${COOKIE}=`))
    .map((cookie) => cookie.slice(COOKIE.length + 1));
}

function searchOf(request: Request): string {
  return /\?[^#]*/u.exec(request.url)?.[0] ?? "";
}
