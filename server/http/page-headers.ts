/** What the page has no use for, so that a fault in it cannot get at it. */
const PERMISSIONS = ["camera", "microphone", "geolocation", "display-capture", "payment", "usb"];

/**
 * What browsers are to let the page do: its own script and styles, pictures it has made or got, streams of this service,
 * and to be shown in frames of those pages that may read its pictures.
 *
 * Frames of any page are let be by default, because dashboards show cameras, and because a visitor can be tricked there
 * into no click that does harm: nothing on the page changes anything but the page.
 *
 * @param embeddedBy `*`, `self`, or origins, as `--cors-origin` has them
 */
export function pageHeaders(request: Request, embeddedBy: readonly string[]): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // data: is the page's icon, blob: are pictures to save.
    "img-src 'self' blob: data:",
    `connect-src 'self'${webSocketsOf(request)}`,
    "base-uri 'none'",
    "form-action 'self'",
    ...frameAncestors(embeddedBy),
  ];
  return {
    "Content-Security-Policy": policy.join("; "),
    "Permissions-Policy": PERMISSIONS.map((feature) => `${feature}=()`).join(", "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
}

/** To Safari before 15.4 `'self'` does not mean WebSockets, so the host is named; if it is one that can stand in a header. */
function webSocketsOf(request: Request): string {
  const host = request.headers.get("host") ?? "";
  return /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/iu.test(host) ? ` ws://${host} wss://${host}` : "";
}

/** Left out for any page: `frame-ancestors *` would still keep out files (`file:`) and pages of programs. */
function frameAncestors(embeddedBy: readonly string[]): string[] {
  if (embeddedBy.includes("*")) return [];
  const others = embeddedBy.filter((origin) => origin !== "self");
  return [["frame-ancestors 'self'", ...others].join(" ")];
}
