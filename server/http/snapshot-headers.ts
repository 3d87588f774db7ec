import type { Clock } from "../clock.ts";
import { COMMON_HEADERS } from "./answer.ts";
import { pictureHeaders, seconds } from "./picture-headers.ts";
import type { SnapshotFile } from "./snapshot-jobs.ts";
import { mediaType } from "./snapshot-request.ts";

/** What pages of other hosts may read of an answer (Fetch, 3.2.3), besides what they always may. */
const EXPOSED = [
  "Content-Disposition",
  "Retry-After",
  "X-Age",
  "X-Camera-Timestamp",
  "X-Encoder",
  "X-Error",
  "X-Issues",
  "X-Range",
  "X-Received",
  "X-Region",
  "X-Sample-Offset",
  "X-Timestamp",
  "X-Unique-Id",
].join(", ");

/** Headers of every single picture, whatever it shows. Its kind may have been chosen by the Accept header. */
export const SNAPSHOT_HEADERS: Readonly<Record<string, string>> = {
  ...COMMON_HEADERS,
  "Access-Control-Expose-Headers": EXPOSED,
  Vary: "Accept",
};

/** Letters of a file's name that are kept; all file systems have them. */
const KEPT_CHARACTERS = 100;

/** Everything that is told of a snapshot. Its age is as of now. */
export function snapshotHeaders(pv: string, file: SnapshotFile, clock: Clock): Record<string, string> {
  const { format, frame, drawn, encoder, sampleOffset } = file;
  const age = Math.max(0, clock.now() - frame.receivedAt);
  const headers: Record<string, string> = {
    ...SNAPSHOT_HEADERS,
    "Content-Type": mediaType(format),
    "Content-Disposition": contentDisposition(pv, frame.uniqueId, format),
    ...Object.fromEntries(pictureHeaders({ ...frame, ...drawn })),
    "X-Received": seconds(clock.wallTime() - age),
    "X-Age": String(Math.round(age)),
    "X-Encoder": encoder,
  };
  if (frame.cameraTime !== undefined) headers["X-Camera-Timestamp"] = seconds(frame.cameraTime);
  if (sampleOffset !== 0) headers["X-Sample-Offset"] = String(sampleOffset);
  return headers;
}

/**
 * How a browser calls the file when it is saved (RFC 6266): the PV and the frame's number, letters, digits, dots and dashes
 * alone, for a PV's name is whatever the client wrote. Pictures are shown, arrays are saved.
 */
export function contentDisposition(pv: string, uniqueId: number, format: SnapshotFile["format"]): string {
  const base = Array.from(pv.replace(/[^\p{L}\p{N}._-]+/gu, "_"))
    .slice(0, KEPT_CHARACTERS)
    .join("");
  const name = `${base.replace(/^[._-]+/u, "") || "snapshot"}-${uniqueId}.${format}`;
  const plain = name.replace(/[^\x20-\x7e]/gu, "_");
  // For those who read one only: the plain one comes first and is understood by all (RFC 6266, 4.3).
  const whole = plain === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`;
  return `${format === "npy" ? "attachment" : "inline"}; filename="${plain}"${whole}`;
}
