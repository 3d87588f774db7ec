import { ServiceError, type ServiceErrorCode } from "../errors.ts";
import type { Log } from "../log.ts";

/** Stable names of everything a request can be refused for; the `error` field of JSON answers. */
export type RefusalCode =
  | ServiceErrorCode
  /** The path ends without a PV name, or with one that is not valid percent-encoded UTF-8. */
  | "bad-pv-name"
  /** A WebSocket route was asked for without the headers of a WebSocket upgrade. */
  | "not-a-websocket"
  /** A message of a socket of many views that cannot be understood, or that names no view of it. */
  | "bad-message"
  | "unknown-view"
  /** A view is to be opened under an id that has one. */
  | "id-in-use"
  | "too-many-views"
  /** A client says more than one client may, or does not read what it is answered. */
  | "too-many-messages"
  /** As many snapshots wait for a worker as may. */
  | "too-many-snapshots"
  /** No token was given where one is needed, or a wrong one. */
  | "unauthorized"
  /** Too many wrong tokens came from this address. */
  | "too-many-attempts"
  | "bad-login"
  /** A page that may not read answers here has asked for a WebSocket. */
  | "origin-not-allowed"
  /** As many watch as this server takes, or as one address may. */
  | "too-many-viewers"
  | "too-many-viewers-of-address"
  | "unknown-route"
  | "method-not-allowed"
  /** The client left before there was an answer; nobody reads this one. */
  | "client-gone"
  /** A fault of this service; its log says more. */
  | "internal";

/** The HTTP status of each refusal; its WebSocket close code is 4000 more. */
const STATUS: Readonly<Record<RefusalCode, number>> = {
  "bad-message": 400,
  "bad-login": 400,
  "bad-option": 400,
  "bad-pv-name": 400,
  unauthorized: 401,
  "origin-not-allowed": 403,
  "pv-not-found": 404,
  "unknown-route": 404,
  "unknown-view": 404,
  "method-not-allowed": 405,
  "id-in-use": 409,
  "not-an-image": 415,
  "not-a-websocket": 426,
  "too-many-messages": 429,
  "too-many-views": 429,
  "too-many-attempts": 429,
  "too-many-viewers-of-address": 429,
  // nginx's number for the same thing in its log.
  "client-gone": 499,
  internal: 500,
  // RFC 9110, 15.6.3: what came from behind this service is invalid.
  "bad-image": 502,
  "no-image-yet": 503,
  "too-many-snapshots": 503,
  "too-many-streams": 503,
  "server-full": 503,
  quarantined: 503,
  stopping: 503,
  "too-many-viewers": 503,
};

/** Every code there is. */
export const REFUSAL_CODES = Object.keys(STATUS) as readonly RefusalCode[];

/** Seconds after which trying again makes sense, for refusals that pass by themselves. */
const RETRY_AFTER: Readonly<Partial<Record<RefusalCode, number>>> = {
  "bad-image": 2,
  "no-image-yet": 2,
  "too-many-snapshots": 1,
  "too-many-streams": 10,
  "server-full": 30,
  quarantined: 30,
  stopping: 5,
  // A wrong try is forgiven in this time.
  "too-many-attempts": 6,
  "too-many-viewers": 30,
  "too-many-viewers-of-address": 30,
};

/** What the JSON of a refusal says besides its code and message. */
export interface RefusalDetails {
  readonly pv?: string;
  /** The query option concerned, what it was, and in words what it may be. */
  readonly option?: string;
  readonly value?: string;
  readonly allowed?: string;
}

/** A request that is not served, with the reason for its sender: thrown by whoever finds it, answered at the door. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  /** @param message one sentence, for people: what was asked, what was found, what to do */
  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** For a WebSocket that was already open when the refusal became known (RFC 6455, 7.4.2: 4000–4999 are private). */
  get closeCode(): number {
    return 4000 + this.status;
  }

  /** Seconds, where the request may succeed later as it stands. */
  get retryAfter(): number | undefined {
    return RETRY_AFTER[this.code];
  }
}

/** The log of the web side, which also keeps count of refusals. */
export interface RefusalLog extends Log {
  refused?(code: RefusalCode): void;
}

/**
 * Any error as a refusal, which is counted; what is not known to be the asker's or the PV's trouble is logged here and is
 * `internal`. To be called once for each request that is refused.
 */
export function refusalFrom(error: unknown, log: RefusalLog, pv?: string): Refusal {
  const refusal = asRefusal(error, log, pv);
  log.refused?.(refusal.code);
  return refusal;
}

function asRefusal(error: unknown, log: Log, pv?: string): Refusal {
  if (error instanceof Refusal) return error;
  const named = pv === undefined ? {} : { pv };
  if (error instanceof ServiceError) {
    const { pv: ofError = pv, wish } = error;
    const details = ofError === undefined ? { ...wish } : { pv: ofError, ...wish };
    return new Refusal(error.code, error.message, details, error);
  }
  log.error("A request failed for a reason of our own: {error}", { error, ...named });
  return new Refusal(
    "internal",
    "The service failed to answer this request; its log says why.",
    named,
    error,
  );
}
