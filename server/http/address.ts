/** Where a request goes to. */
export interface Address {
  /** As the client wrote it: percent signs, dots and double slashes stand as they are. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Takes a request's URL apart. Not by `URL`, which throws at hosts that clients may well send (`Host: a b`), and would
 * resolve a PV name that has `..` in it.
 */
export function addressOf({ url }: Request): Address {
  const [, path = "", query = ""] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/iu.exec(url) ?? [];
  return { path, query: new URLSearchParams(query) };
}
