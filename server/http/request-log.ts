import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { addressOf } from "./address.ts";

/** Beginnings of paths that requests are counted under, the longer one first; all else is `other`. */
const ROUTES = [
  "/mjpg/",
  "/ws/mjpg/",
  "/ws",
  "/snapshot/",
  "/api/streams",
  "/metrics",
  "/healthz",
  "/readyz",
] as const;
/** Status of a request that became a WebSocket. */
const SWITCHED = 101;

/** Keeps count of requests, and writes a line of debug for each when it is answered: never its query, which may have a token. */
export class RequestLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counts = new Map<string, { readonly route: string; readonly status: number; count: number }>();

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** How many there were, by route and status. */
  get counts(): Iterable<{ readonly route: string; readonly status: number; readonly count: number }> {
    return this.#counts.values();
  }

  /**
   * Follows a request to its answer, which is where a stream begins; what became of the stream is another line.
   * @param address of the client
   */
  async follow(
    request: Request,
    address: string,
    answering: Response | undefined | Promise<Response | undefined>,
  ): Promise<Response | undefined> {
    const began = this.#clock.now();
    const { method } = request;
    const { path } = addressOf(request);
    const response = await answering;
    const status = response?.status ?? SWITCHED;
    this.#count(ROUTES.find((route) => path.startsWith(route)) ?? "other", status);
    const milliseconds = Math.round((this.#clock.now() - began) * 10) / 10;
    this.#log.debug("{method} {path} {status} to {address} after {milliseconds} ms", {
      method,
      path,
      status,
      address,
      milliseconds,
    });
    return response;
  }

  #count(route: string, status: number): void {
    const key = `${route} ${status}`;
    const entry = this.#counts.get(key) ?? { route, status, count: 0 };
    entry.count++;
    this.#counts.set(key, entry);
  }
}
