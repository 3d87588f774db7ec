import type { StreamPicture } from "../stream/index.ts";

/** What can be told of a file made of a frame: of its frame, and of what was drawn where something was. */
export type HeaderFacts = Pick<StreamPicture, "iocTime" | "uniqueId"> &
  Partial<Pick<StreamPicture, "range" | "region" | "issues">>;

/** A point in time as mjpg-streamer and ustreamer write it: seconds since 1970 with six decimals. */
export function seconds(posixMs: number): string {
  return (posixMs / 1000).toFixed(6);
}

/**
 * The facts of a picture as header lines, in this order: X-Timestamp (when the IOC made the array; absent where it does
 * not say), X-Unique-Id, X-Range (sample values drawn black and white), X-Region (X,Y,W,H of the array, as clamped), and
 * X-Issues where there are any.
 */
export function pictureHeaders({
  iocTime,
  uniqueId,
  range,
  region,
  issues = [],
}: HeaderFacts): readonly (readonly [string, string])[] {
  const headers: [string, string][] = [];
  if (iocTime !== undefined) headers.push(["X-Timestamp", seconds(iocTime)]);
  headers.push(["X-Unique-Id", String(uniqueId)]);
  if (range !== undefined) headers.push(["X-Range", `${range.low},${range.high}`]);
  if (region !== undefined) {
    const { x, y, width, height } = region;
    headers.push(["X-Region", `${x},${y},${width},${height}`]);
  }
  const odd = [...issues, ...(range?.issues ?? [])];
  if (odd.length > 0) headers.push(["X-Issues", odd.join(" ")]);
  return headers;
}
