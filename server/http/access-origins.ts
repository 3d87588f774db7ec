import type { Client } from "./access-client.ts";

/** Which pages may read what this service answers, and open its WebSockets (`--cors-origin`). */
export class Origins {
  readonly #anyPage: boolean;
  readonly #others: ReadonlySet<string>;

  /** @param allowed `*`, `self`, or origins as browsers write them */
  constructor(allowed: readonly string[]) {
    this.#anyPage = allowed.includes("*");
    this.#others = new Set(allowed.filter((origin) => origin !== "*" && origin !== "self"));
  }

  /** Whether a page of ours, or no page at all, has sent it: programs send no Origin, and browsers no wrong one. */
  isOurs(request: Request, client: Client): boolean {
    const origin = request.headers.get("origin");
    if (origin === null) return true;
    // Browsers say it themselves, and let no page write this header: it holds behind proxies that change the host.
    const site = request.headers.get("sec-fetch-site");
    if (site !== null) return site === "same-origin";
    // Over TLS only pages that came over TLS: others may have been written by anybody on the way.
    const ofPage = origin.replace(client.secure ? /^https:\/\//u : /^https?:\/\//u, "");
    return client.host !== "" && withoutPort(ofPage) === withoutPort(client.host);
  }

  /** Whether whoever has sent it may read the answer: programs, our own pages, and those that are allowed. */
  mayRead(request: Request, client: Client): boolean {
    const origin = request.headers.get("origin") ?? "";
    return this.#anyPage || this.#others.has(origin) || this.isOurs(request, client);
  }

  /**
   * Writes into the headers of an answer who may read it. For any page that is what they say already, `*`, which lets
   * nobody send cookies along.
   */
  write(headers: Headers, request: Request, client: Client): void {
    if (this.#anyPage) return;
    headers.append("Vary", "Origin");
    headers.delete("Access-Control-Allow-Origin");
    const origin = request.headers.get("origin");
    if (origin !== null && this.mayRead(request, client)) headers.set("Access-Control-Allow-Origin", origin);
    // No list of origins can be said for what is embedded without asking (an <img>); nobody at all can.
    if (this.#others.size === 0) headers.set("Cross-Origin-Resource-Policy", "same-origin");
  }
}

/** Ports that go without saying: a page on https://pc1 asks for the host pc1, or pc1:443. */
function withoutPort(host: string): string {
  return host.replace(/:(80|443)$/u, "");
}
