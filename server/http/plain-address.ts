import { addressOf, hideUrl } from "./address.ts";
import { COMMON_HEADERS } from "./answer.ts";

/**
 * Gives a request the address that the routes know: without the base path, and with `localhost` in place of whatever
 * host it was sent to (the Host header still has that).
 *
 *     https://x/cameras/mjpg/CAM?fps=1   →   https://localhost/mjpg/CAM?fps=1
 *
 * The host, because Elysia looks for the path from the 12th character of a URL on, and so misses it behind hosts of one to
 * four letters; with `standardHostname: false` from the 8th on, which is wrong for https.
 *
 * A path that does not begin with the base path is left as it is. So the service works behind a proxy that passes paths
 * on as they are, behind one that takes the base path off, and asked directly (a health check need not know it).
 *
 * @param basePath begins with a slash and ends without one; "": none
 * @returns where to go instead, for the base path without its last slash: addresses in the page are relative to it
 */
export function takePlainAddress(request: Request, basePath: string): Response | undefined {
  const { path } = addressOf(request);
  const [query = ""] = /\?[^#]*/u.exec(request.url) ?? [];
  if (basePath !== "" && path === basePath) return toTheSlash(basePath, query);
  const shorter = basePath !== "" && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
  const [scheme = "http:"] = /^[a-z]+:/iu.exec(request.url) ?? [];
  hideUrl(request, `${scheme}//localhost${shorter}${query}`);
  return undefined;
}

/** Relative, because only the browser knows under what name and path it sees this service. */
function toTheSlash(basePath: string, query: string): Response {
  const location = `${basePath.slice(basePath.lastIndexOf("/") + 1)}/${query}`;
  return new Response(null, { status: 307, headers: { ...COMMON_HEADERS, Location: location } });
}
