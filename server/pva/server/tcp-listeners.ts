import { asError, PvaError } from "../errors.ts";
import type { Log } from "../log.ts";
import { endpointName } from "../wire/address.ts";

/** Tries for one port that is free on every interface. */
const MAX_TRIES = 5;
const REASONS: ReadonlyMap<string, string> = new Map([
  ["EADDRINUSE", "the port is in use"],
  ["EADDRNOTAVAIL", "no interface of this host has that address"],
  ["EACCES", "not permitted"],
]);

/** Which port a server takes. */
export interface WantedPort {
  readonly port: number;
  /** Where it is taken another one will do. */
  readonly orAnother: boolean;
}

/** The part of a Bun listener that is used here. */
export interface TcpListener {
  readonly port: number;
  stop(closeActiveConnections?: boolean): void;
}

/**
 * Listens on every host, at one port for all, for search answers and beacons can tell only one. As in pvxs a port that is
 * merely wished for and taken (or forbidden) gives way to a free one, with a warning.
 * @throws {PvaError} `cannot-listen`
 */
export function listenEverywhere(
  hosts: readonly string[],
  { port, orAnother }: WantedPort,
  listen: (host: string, port: number) => TcpListener,
  log: Log,
): readonly TcpListener[] {
  try {
    if (port !== 0) return listenAt(hosts, port, listen);
  } catch (error) {
    if (!orAnother || !isTaken(error)) throw cannotListen(error);
    const listeners = listenAtAnyPort(hosts, listen);
    log.warning("TCP port {port} is taken, listening on {other}", { port, other: listeners[0]!.port });
    return listeners;
  }
  return listenAtAnyPort(hosts, listen);
}

function listenAtAnyPort(
  hosts: readonly string[],
  listen: (host: string, port: number) => TcpListener,
): readonly TcpListener[] {
  for (let left = MAX_TRIES - 1; ; left--)
    try {
      return listenAt(hosts, 0, listen);
    } catch (error) {
      // The port free on the first interface may be taken on another.
      if (left === 0 || hosts.length === 1 || !isTaken(error)) throw cannotListen(error);
    }
}

function listenAt(
  hosts: readonly string[],
  port: number,
  listen: (host: string, port: number) => TcpListener,
): readonly TcpListener[] {
  const listeners: TcpListener[] = [];
  for (const host of hosts)
    try {
      listeners.push(listen(host, listeners[0]?.port ?? port));
    } catch (error) {
      for (const listener of listeners) listener.stop(true);
      throw new ListenError(endpointName({ host, port: listeners[0]?.port ?? port }), error);
    }
  return listeners;
}

/** Which of the places could not be had. */
class ListenError extends Error {
  override readonly name = "ListenError";
  readonly place: string;
  readonly code: string;

  constructor(place: string, cause: unknown) {
    super(asError(cause).message, { cause });
    this.place = place;
    this.code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ListenError && (error.code === "EADDRINUSE" || error.code === "EACCES");
}

/** Bun's own message names neither the port nor what is wrong with it. */
function cannotListen(error: unknown): unknown {
  if (!(error instanceof ListenError)) return error;
  const { place, code, message, cause } = error;
  return new PvaError(
    "cannot-listen",
    `cannot listen at ${place}: ${REASONS.get(code) ?? message} (${code})`,
    {
      cause,
    },
  );
}
