import type { Refusal } from "./refusal.ts";

/**
 * On every answer. Pictures are for any page to show, without credentials; nothing is to be kept by caches or guessed
 * by browsers; and nginx must not buffer a stream (reverse proxies that honour X-Accel-Buffering pass it at once).
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Retry-After",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Cache-Control": "no-store",
  "X-Accel-Buffering": "no",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  // Nothing here is a page. Browsers that show a picture in a tab style it themselves.
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

const METHODS = "GET, HEAD, OPTIONS";

/** A JSON answer with the common headers. */
export function jsonAnswer(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(body, { status, headers: { ...COMMON_HEADERS, ...headers } });
}

/** The same, of what is JSON already. */
export function jsonTextAnswer(json: string): Response {
  return new Response(json, {
    headers: { ...COMMON_HEADERS, "Content-Type": "application/json;charset=utf-8" },
  });
}

/** `{error, message, pv?, option?, value?, allowed?}` under the refusal's status, with Retry-After where waiting helps. */
export function refusalAnswer(refusal: Refusal): Response {
  const headers: Record<string, string> = {};
  if (refusal.retryAfter !== undefined) headers["Retry-After"] = String(refusal.retryAfter);
  if (refusal.code === "method-not-allowed") headers["Allow"] = METHODS;
  if (refusal.code === "unauthorized") headers["WWW-Authenticate"] = 'Bearer realm="pva-to-video"';
  if (refusal.code === "not-a-websocket") headers["Upgrade"] = "websocket";
  return jsonAnswer(
    { error: refusal.code, message: refusal.message, ...refusal.details },
    refusal.status,
    headers,
  );
}

/** What a browser asks before a request it does not take for a simple one: yes, for reading, for a day. */
export function preflightAnswer(): Response {
  const headers = {
    Allow: METHODS,
    "Access-Control-Allow-Methods": METHODS,
    // The star does not mean this one (Fetch, 4.8).
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Max-Age": "86400",
  };
  return new Response(null, { status: 204, headers: { ...COMMON_HEADERS, ...headers } });
}
