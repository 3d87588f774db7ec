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

/** Gives a request another query. */
export function readdress(request: Request, query: URLSearchParams): void {
  const [before = ""] = /^[^?#]*/u.exec(request.url) ?? [];
  hideUrl(request, query.size === 0 ? before : `${before}?${query.toString()}`);
}
