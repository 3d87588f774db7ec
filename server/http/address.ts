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
