/** Where a request goes to. */
export interface Address {
  /** With percent signs and double slashes as the client wrote them; dot segments are resolved by Bun before this. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Takes a request's URL apart. Not by `URL`, which throws at hosts that clients may well send (`Host: a b`).
 */
export function addressOf({ url }: Request): Address {
  const [, path = "", query = ""] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/iu.exec(url) ?? [];
  return { path, query: new URLSearchParams(query) };
}

/**
 * Hides the URL of a request behind another one of the same host. Not a new Request: only the one that Bun made can become
 * a WebSocket, tells its sender's address, and hears when the client leaves.
 */
export function hideUrl(request: Request, url: string): void {
  Object.defineProperty(request, "url", { value: url, configurable: true });
}

/** Takes all options of this name off a request's URL; the others stay as they were written. */
export function hideOption(request: Request, name: string): void {
  const [before = "", query = ""] = request.url.split(/\?(.*)/su);
  const others = query.split("&").filter((pair) => !new URLSearchParams(pair).has(name));
  hideUrl(request, others.length === 0 ? before : `${before}?${others.join("&")}`);
}
