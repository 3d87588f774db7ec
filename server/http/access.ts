import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { type Client, Clients } from "./access-client.ts";
import { Lockout } from "./access-lockout.ts";
import {
  loggedIn,
  loginPage,
  PageRefusal,
  readLogin,
  sameAddress,
  sessionsOf,
  wantsPage,
} from "./access-login.ts";
import { Origins } from "./access-origins.ts";
import { Places } from "./access-places.ts";
import { ShownSessions } from "./access-sessions.ts";
import { isSession, type Token, type Tokens } from "./access-tokens.ts";
import { Visit } from "./access-visit.ts";
import { addressOf, hideOption } from "./address.ts";
import { Refusal } from "./refusal.ts";

/** Who is let in. */
export interface AccessOptions extends Pick<
  Config,
  "maxViewers" | "maxViewersPerAddress" | "corsOrigin" | "trustedProxy" | "basePath"
> {
  /** undefined: nobody needs a token. */
  readonly tokens?: Tokens | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What watches over the service must reach without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const LOGIN_PATH = "/login";
/** Said to programs alone; the login page says it by itself. */
const TOKEN_NEEDED = "A token is needed: Authorization: Bearer …, ?token=…, or a login on the viewer page.";

/**
 * The gate: every request goes through `enter` before a route sees it, and every answer through `leave`.
 *
 *     request ─→ client ─→ method ─→ origin (sockets) ─→ token ─→ route ─→ PV rules (access-pv-rules.ts) ─→ place
 *                          │ 405      │ 403               │ 401 429            │ 404                        │ 429 503
 */
export class Access {
  readonly places: Places;
  readonly #clients: Clients;
  readonly #origins: Origins;
  readonly #tokens: Tokens | undefined;
  readonly #lockout: Lockout;
  readonly #shown = new ShownSessions();
  readonly #basePath: string;
  readonly #log: Log;
  readonly #visits = new WeakMap<Request, Visit>();

  constructor(options: AccessOptions) {
    const { corsOrigin, trustedProxy, basePath, tokens, clock, log } = options;
    this.places = new Places(options);
    this.#clients = new Clients(trustedProxy);
    this.#origins = new Origins(corsOrigin);
    this.#tokens = tokens;
    this.#lockout = new Lockout(clock);
    this.#basePath = basePath;
    this.#log = log;
  }

  /**
   * Sees who has sent a request; the first thing to be done with it.
   * @param peer the address at the other end of its connection
   */
  meet(request: Request, peer: string | undefined): Client {
    const client = this.#clients.clientOf(request, peer);
    this.#visits.set(request, new Visit(client, undefined, this.places));
    return client;
  }

  /**
   * Lets a request in, or does not. A token in its query is taken off its URL, so that no route and no log sees it.
   * @param request with its path below the base path
   * @returns undefined: let in; or what it is answered instead of what it asked for
   * @throws Refusal; a PageRefusal where a person is to read it
   */
  async enter(request: Request): Promise<Response | undefined> {
    const { client } = this.visitOf(request);
    const { method } = request;
    const { path } = addressOf(request);
    if (method === "POST" && path === LOGIN_PATH && this.#tokens !== undefined) {
      return this.#login(request, client, this.#tokens);
    }
    if (!METHODS.has(method))
      throw new Refusal("method-not-allowed", `${method} is not done here; everything is read with GET.`);
    if (isUpgrade(request) && !this.#origins.mayRead(request, client))
      throw new Refusal("origin-not-allowed", "Pages of this origin may not open WebSockets here.");
    if (this.#tokens === undefined || method === "OPTIONS" || OPEN_PATHS.has(path)) return undefined;
    try {
      return this.#demandToken(request, client, path, this.#tokens);
    } catch (error) {
      throw error instanceof Refusal ? readably(error, request, path) : error;
    }
  }

  /** On whose behalf a request was let in. */
  visitOf(request: Request): Visit {
    const visit = this.#visits.get(request);
    if (visit === undefined) throw new Error("A request has not gone through the gate.");
    return visit;
  }

  /** Says in an answer which pages may read it. */
  leave(request: Request, response: Response): Response {
    this.#origins.write(response.headers, request, this.visitOf(request).client);
    return response;
  }

  #demandToken(request: Request, client: Client, path: string, tokens: Tokens): Response | undefined {
    const presented = this.#presented(request);
    const token =
      presented === undefined
        ? this.#bySession(request, client, tokens)
        : this.#byToken(presented.token, client, tokens);
    if (token === undefined) throw new Refusal("unauthorized", TOKEN_NEEDED);
    this.#visits.set(request, new Visit(client, token, this.places));
    // Whoever opens a link with a token keeps it as a login, and not in the address bar and the history.
    const isLink = presented?.inQuery === true && wantsPage(request) && !isEmbedded(request);
    return isLink ? this.#loggedIn(token, client, sameAddress(request, path)) : undefined;
  }

  /** The token that a request brings itself, and takes it off the URL. */
  #presented(request: Request): { readonly token: string; readonly inQuery: boolean } | undefined {
    const [, bearer] = /^bearer +(\S+) *$/iu.exec(request.headers.get("authorization") ?? "") ?? [];
    const inQuery = addressOf(request).query.get("token");
    if (inQuery !== null) hideOption(request, "token");
    if (bearer !== undefined) return { token: bearer, inQuery: false };
    // A plus sign that was not written as %2B has become a space; no token has one.
    return inQuery === null ? undefined : { token: inQuery.replaceAll(" ", "+"), inQuery: true };
  }

  #byToken(presented: string, client: Client, tokens: Tokens): Token {
    const token = this.#tried(client, () => tokens.ofToken(presented));
    if (token !== undefined) return token;
    throw new Refusal("unauthorized", "This is not a token of this server, or not any more.");
  }

  /** Whose it is, by a look-up that may have been for a guess: there are few of those for each address. */
  #tried({ address }: Client, find: () => Token | undefined): Token | undefined {
    const wait = this.#lockout.waitOf(address);
    if (wait > 0)
      throw new Refusal("too-many-attempts", `Too many wrong tokens came from here. Wait ${wait} s.`);
    const token = find();
    if (token === undefined && this.#lockout.note(address))
      this.#log.warning("Many wrong tokens come from {address}.", { address });
    return token;
  }

  /** A page of another origin must not use the login that a browser sends along: sockets know no other protection. */
  #bySession(request: Request, client: Client, tokens: Tokens): Token | undefined {
    if (isUpgrade(request) && !this.#origins.isOurs(request, client)) return undefined;
    for (const session of sessionsOf(request).filter(isSession).slice(0, 5)) {
      const find = (): Token | undefined => tokens.ofSession(session);
      const token = this.#shown.has(client.address, session) ? find() : this.#tried(client, find);
      this.#shown.note(client.address, session);
      if (token !== undefined) return token;
    }
    return undefined;
  }

  #loggedIn(token: Token, client: Client, to: string): Response {
    this.#shown.note(client.address, token.session);
    return loggedIn(token, client, to, this.#basePath);
  }

  async #login(request: Request, client: Client, tokens: Tokens): Promise<Response> {
    const login = await readLogin(request);
    if (login === undefined)
      throw new Refusal("bad-login", "A login is a form (application/x-www-form-urlencoded) with a token.");
    try {
      const token = this.#byToken(login.token, client, tokens);
      this.#log.info("{name} has logged in from {address}.", { name: token.name, address: client.address });
      return this.#loggedIn(token, client, login.next);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const failed = { wrong: error.message, next: login.next };
      throw new PageRefusal(error, loginPage(request, LOGIN_PATH, error.status, failed));
    }
  }
}

/** The refusal as a login page where a person is to read it. */
function readably(refusal: Refusal, request: Request, path: string): Refusal {
  if (!wantsPage(request)) return refusal;
  const wrong = refusal.message === TOKEN_NEEDED ? undefined : refusal.message;
  return new PageRefusal(refusal, loginPage(request, path, refusal.status, { wrong }));
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** Whether it is shown inside of another page, where no login is kept. */
function isEmbedded(request: Request): boolean {
  return (request.headers.get("sec-fetch-dest") ?? "document") !== "document";
}
