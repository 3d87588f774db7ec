import { EncodeError } from "../encode/index.ts";
import { ServiceError } from "../errors.ts";
import type { ImageFault } from "../source/index.ts";

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
  /** Whether there is an image. */
  readonly image: boolean;
}

/** Why there is no picture after the connect timeout, as the viewer should read it. */
export function refusalAfterWait({ pv, waitedMs, server, lost, fault, image }: Situation): ServiceError {
  const within = `within ${waitedMs / 1000} s`;
  if (server === undefined) {
    const before = lost === undefined ? "" : ` The connection was lost before: ${lost}.`;
    return new ServiceError("pv-not-found", `No EPICS server answered for ${pv} ${within}.${before}`, { pv });
  }
  if (fault !== undefined) return notAnImage(pv, fault);
  const missing = image ? "but its first image could not be encoded yet" : "but has published no image";
  return new ServiceError("no-image-yet", `${pv} is there (server ${server}), ${missing} ${within}.`, { pv });
}

/** The PV is there, but what it sends cannot be shown. */
export function notAnImage(pv: string, fault: ImageFault): ServiceError {
  return new ServiceError("not-an-image", `${pv} cannot be shown: ${fault.message}`, { pv, cause: fault });
}

/** The first picture of this viewer could not be encoded: because of the image, or of the encoder. */
export function notEncoded(pv: string, cause: EncodeError): ServiceError {
  const code = cause.code === "bad-frame" ? "not-an-image" : "no-image-yet";
  return new ServiceError(code, `An image of ${pv} could not be encoded: ${cause.message}`, { pv, cause });
}

/** The server takes no new viewers, or ends those that wait. */
export function stopping(pv: string): ServiceError {
  return new ServiceError("stopping", "The server is stopping.", { pv });
}
