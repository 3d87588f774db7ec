import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { HttpService } from "./http.ts";
import { keepSendQueuesShort } from "./send-queue.ts";
import type { SocketHandlers } from "./socket.ts";
import { followIdentity, type Identity, readIdentity, type TlsFiles, warnOfEnd } from "./tls.ts";

/** Bun closes a connection that takes nothing for this long, seconds: so clients that have vanished are noticed. */
const IDLE_TIMEOUT_S = 30;
/** The longest idle timeout that Bun takes. */
const MAX_IDLE_TIMEOUT_S = 255;
/** The only body that anything here takes is a login's. */
const LARGEST_BODY = 16 * 1024;
/** What is still being sent at a stop has this long to come to its end; the whole stop is to take less than 1 s. */
const FAREWELL_MS = 500;

/** Where and how the service is reached. */
export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** With these, HTTPS (HTTP/2 for those who speak it) and nothing else; without, HTTP. */
  readonly tls?: TlsFiles | undefined;
  /** How long a request may wait for its first byte, milliseconds: the idle timeout must not end it before. */
  readonly longestWaitMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A service that is being served. */
export interface Listener {
  readonly port: number;
  /**
   * Takes no more connections, waits a moment for streams to end at a whole picture, and then closes every socket.
   * @param ending settles when those who make pictures have ended
   */
  close(ending: Promise<void>): Promise<void>;
}

type Server = Bun.Server<SocketHandlers>;

/**
 * @throws the system's error, with a `code` such as EADDRINUSE, if the address cannot be had; ConfigError if the TLS files
 *   are unfit
 */
export function listen(http: HttpService, options: ListenOptions): Listener {
  const { tls, clock, log } = options;
  let identity = tls && readIdentity(tls);
  if (identity !== undefined) warnOfEnd(identity, clock, log);
  /** The newest is listening; those before it have connections that were made with an older certificate. */
  const servers = [serve(http, options, options.port, identity)];
  const port = servers[0]!.port ?? options.port;
  const unfollow =
    tls &&
    followIdentity(tls, options, (renewed) => {
      // Bun cannot give a listening server another certificate (1.4.5: `reload` keeps the old one), so another server
      // takes its place. Streams go on where they began. It has to leave the port first.
      void servers[0]!.stop();
      try {
        servers.unshift(serve(http, options, port, renewed));
      } catch (error) {
        servers.unshift(serve(http, options, port, identity));
        throw error;
      }
      identity = renewed;
      warnOfEnd(renewed, clock, log);
    });
  return {
    port,
    async close(ending) {
      unfollow?.();
      const quietly = Promise.allSettled([...servers.map((server) => server.stop()), ending, http.ended()]);
      let cancel = (): void => {};
      const patienceEnds = new Promise<void>((resolve) => (cancel = clock.after(FAREWELL_MS, resolve)));
      await Promise.race([quietly, patienceEnds]);
      cancel();
      await Promise.all(servers.map((server) => server.stop(true)));
    },
  };
}

function serve(http: HttpService, options: ListenOptions, port: number, identity?: Identity): Server {
  const { host, longestWaitMs, log } = options;
  const tls = identity && { cert: identity.cert, key: identity.key };
  const server = Bun.serve<SocketHandlers>({
    hostname: host,
    port,
    // A second service on the same port is an error, not a partner that takes half of the connections.
    reusePort: false,
    development: false,
    idleTimeout: Math.min(MAX_IDLE_TIMEOUT_S, IDLE_TIMEOUT_S + Math.ceil(longestWaitMs / 1000)),
    maxRequestBodySize: LARGEST_BODY,
    // Browsers show no more than six streams of a host at once over HTTP/1.1.
    ...(tls && { tls, http2: true }),
    fetch: (request, self) => http.fetch(request, self),
    websocket: http.websocket,
  });
  const obstacle = keepSendQueuesShort(server.port ?? port);
  if (obstacle !== undefined) {
    log.info("Slow viewers will see old pictures: the kernel's queues stay long, because {obstacle}.", {
      obstacle,
    });
  }
  return server;
}
