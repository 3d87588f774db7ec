import { Elysia, NotFoundError } from "elysia";
import { addressOf } from "./address.ts";
import { ASSETS, PAGE, PageBundle, type PageFile } from "./page-bundle.ts";
import { pageHeaders } from "./page-headers.ts";

/** Where the viewer page comes from and who may show it. */
export interface PageOptions {
  /** Path of its HTML file, which is bundled here with all that it names. */
  readonly entry: string;
  /** Whose pages may show it in a frame: `*`, `self`, or origins. */
  readonly embeddedBy: readonly string[];
}

/** The answers of one page: itself at the path "/", what it is made of below "/assets/". */
export class Page {
  readonly #bundle: PageBundle;
  readonly #embeddedBy: readonly string[];

  constructor({ entry, embeddedBy }: PageOptions) {
    this.#bundle = new PageBundle(entry);
    this.#embeddedBy = embeddedBy;
  }

  /** undefined: there is no such file. Rejects if the page's sources cannot be bundled. */
  async answer(request: Request): Promise<Response | undefined> {
    const name = addressOf(request).path.slice(1) || PAGE;
    const file = (await this.#bundle.files()).get(name);
    if (file === undefined) return undefined;
    // The page is asked for anew each time, which costs a 304; what it names never changes under its name.
    const keep = name === PAGE ? "no-cache" : "public, max-age=31536000, immutable";
    const headers = {
      ...pageHeaders(request, this.#embeddedBy),
      ETag: file.etag,
      "Cache-Control": keep,
    };
    if (isKnown(file, request)) return new Response(null, { status: 304, headers });
    return new Response(file.bytes, { headers: { ...headers, "Content-Type": file.type } });
  }
}

/** RFC 9110, 13.1.2: any of the tags given, compared weakly, since a proxy that compresses weakens them. */
function isKnown({ etag }: PageFile, request: Request): boolean {
  const tags = request.headers.get("if-none-match")?.split(",") ?? [];
  return tags.some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//u, "")));
}

/** `GET /`, the viewer page, and its script and styles. */
export function pageRoutes(options: PageOptions) {
  const page = new Page(options);
  const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
    const response = await page.answer(request);
    if (response === undefined) throw new NotFoundError();
    return response;
  };
  return new Elysia({ name: "page" }).get("/", answer).get(`/${ASSETS}*`, answer);
}
