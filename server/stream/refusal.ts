import { EncodeError } from "../encode/index.ts";
import { ServiceError, type ServiceErrorCode } from "../errors.ts";
import type { ImageFault } from "../source/index.ts";

const CAMERA_TROUBLES: ReadonlySet<ServiceErrorCode> = new Set([
  "pv-not-found",
  "no-image-yet",
  "bad-image",
  "not-an-image",
  "quarantined",
]);

/** What is known of a PV when a viewer's patience has ended. */
export interface Situation {
  readonly pv: string;
  /** How long the viewer waited, milliseconds. */
  readonly waitedMs: number;
  /** The server that answers for it now. */
  readonly server: string | undefined;
  /** Why the connection was lost, when it was. */
  readonly lost: string | undefined;
  /** What was wrong with the last update; undefined when it was an image. */
  readonly fault: ImageFault | undefined;
  /** What there is instead of what the viewer waits for; `{time}` stands for how long it waited. */
  readonly missing: string;
  /** Why the newest image that was tried has no picture; undefined when it has, or none was tried. */
  readonly failure: unknown;
}

/** Why there is no picture after the connect timeout, as the viewer should read it. */
export function refusalAfterWait(situation: Situation): ServiceError {
  const { pv, waitedMs, server, lost, fault, missing, failure } = situation;
  const waited = `${waitedMs / 1000} s`;
  if (server === undefined) {
    const before = lost === undefined ? "" : ` The connection was lost before: ${lost}.`;
    return new ServiceError("pv-not-found", `No EPICS server answered for ${pv} within ${waited}.${before}`, {
      pv,
    });
  }
  if (fault?.kind === "memory")
    return new ServiceError("server-full", `${pv} cannot be shown now: ${fault.message}`, {
      pv,
      cause: fault,
    });
  if (fault !== undefined) return fault.code === "not-an-image" ? notAnImage(pv, fault) : badImage(pv, fault);
  if (failure instanceof EncodeError) return notEncoded(pv, failure);
  const words = missing.replace("{time}", waited);
  return new ServiceError("no-image-yet", `${pv} is there (server ${server}), ${words}.`, { pv });
}

/** The PV is there, but what it sends cannot be shown. */
export function notAnImage(pv: string, fault: ImageFault): ServiceError {
  return new ServiceError("not-an-image", `${pv} cannot be shown: ${fault.message}`, { pv, cause: fault });
}

/** The PV sends images, but not one that could be read. */
function badImage(pv: string, cause: ImageFault | EncodeError): ServiceError {
  return new ServiceError("bad-image", `The images of ${pv} are damaged: ${cause.message}`, { pv, cause });
}

/** The first picture of this viewer could not be encoded: because of its wish, of the image, or of the encoder. */
export function notEncoded(pv: string, cause: EncodeError): ServiceError {
  switch (cause.code) {
    case "bad-recipe":
      // Without the PV: who asked knows it, and a WebSocket's close frame has room for 123 bytes.
      return new ServiceError("bad-option", `${cause.message}.`, { pv, wish: cause.wish, cause });
    case "bad-frame":
      return badImage(pv, cause);
    case "closed":
      return stopping(pv);
    case "cannot-encode":
      return new ServiceError("not-an-image", `${pv} cannot be shown: ${cause.message}`, { pv, cause });
    default:
      return new ServiceError("no-image-yet", `An image of ${pv} could not be encoded: ${cause.message}`, {
        pv,
        cause,
      });
  }
}

/** The server watches as many PVs as it may. */
export function tooManyStreams(pv: string, most: number): ServiceError {
  const message = `${pv} cannot be watched: the server watches ${most} PVs, and may not watch more.`;
  return new ServiceError("too-many-streams", message, { pv });
}

/** The images of cameras that are watched take all memory. Without the PV, to fit a WebSocket's close frame. */
export function memoryFull(pv: string): ServiceError {
  const message =
    "The images of the cameras that others watch take all memory that they may (--memory). Try again later.";
  return new ServiceError("server-full", message, { pv });
}

/** Whether a viewer who waits for a first picture waits on after this: the next image may be a better one. */
export function mayPass(failure: unknown): boolean {
  return failure instanceof EncodeError && failure.code === "bad-frame";
}

/** Whether a refusal can be drawn instead: it is the camera's trouble, not the asker's or the server's. */
export function mayBeShown(error: unknown): boolean {
  if (error instanceof EncodeError) return error.code !== "bad-recipe" && error.code !== "closed";
  return error instanceof ServiceError && CAMERA_TROUBLES.has(error.code);
}

/** What a viewer is told whose picture stands still though images come. */
export function whyNotDrawn(failure: unknown): string {
  const words = failure instanceof Error ? failure.message : String(failure);
  if (failure instanceof ServiceError) return words;
  const code = failure instanceof EncodeError ? failure.code : undefined;
  if (code === "bad-recipe") return `Images come, but cannot be shown as asked: ${words}`;
  if (code === "bad-frame") return `Images come, but are damaged: ${words}`;
  return `Images come, but cannot be encoded: ${words}`;
}

/** The server takes no new viewers, or ends those that wait. */
export function stopping(pv: string): ServiceError {
  return new ServiceError("stopping", "The server is stopping.", { pv });
}
