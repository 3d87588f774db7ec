import { addressOf, hideUrl } from "./address.ts";
import { COMMON_HEADERS } from "./answer.ts";

/**
 * Takes `basePath` off the front of the request's path, so that whatever comes after this knows no base path; what does
 * not begin with it is left as it is. So the service works behind a proxy that passes paths on as they are, behind one
 * that takes the base path off, and asked directly (a health check needs not know).
 *
 * @param basePath begins with a slash and ends without one; "": none
 * @returns where to go instead, for the base path without its last slash: addresses in the page are relative to it
 */
export function enterBasePath(request: Request, basePath: string): Response | undefined {
  if (basePath === "") return undefined;
  const { path } = addressOf(request);
  if (path === basePath) return toTheSlash(request, basePath);
  if (path.startsWith(`${basePath}/`)) shorten(request, basePath);
  return undefined;
}

/** Relative, because only the browser knows under what name and path it sees this service. */
function toTheSlash({ url }: Request, basePath: string): Response {
  const [query = ""] = /\?[^#]*/u.exec(url) ?? [];
  const location = `${basePath.slice(basePath.lastIndexOf("/") + 1)}/${query}`;
  return new Response(null, { status: 307, headers: { ...COMMON_HEADERS, Location: location } });
}

function shorten(request: Request, basePath: string): void {
  const { url } = request;
  const start = url.indexOf("/", url.indexOf("://") + 3);
  hideUrl(request, url.slice(0, start) + url.slice(start + basePath.length));
}
