import type { StreamPicture } from "../stream/index.ts";
import { pictureHeaders } from "./picture-headers.ts";

/**
 * How a multipart/x-mixed-replace stream is cut into pieces; each line is one write.
 *
 *     length                                     advance
 *     --frame CRLF                               --frame CRLF Content-Type: image/jpeg CRLF CRLF
 *     headers with Content-Length CRLF CRLF      JPEG CRLF --frame CRLF Content-Type: image/jpeg CRLF CRLF
 *       JPEG CRLF --frame CRLF                   JPEG CRLF --frame CRLF Content-Type: image/jpeg CRLF CRLF
 *     headers … JPEG CRLF --frame CRLF           …
 *     …
 *
 * Chromium shows a picture only when it has read the whole header block of the part that follows (crbug 527446), so it
 * is sent ahead, and a length cannot be known then. Programs (OpenCV, ffmpeg, readers that split at the boundary) show
 * a picture one frame late without Content-Length. Measured: design notes of this room's README.
 */
export const PART_LAYOUTS = ["length", "advance"] as const;
export type PartLayout = (typeof PART_LAYOUTS)[number];

/** The Content-Type of a stream; the boundary token is the one that programs written for other such services split at. */
export const STREAM_TYPE = "multipart/x-mixed-replace; boundary=frame";

const JPEG_PART = "Content-Type: image/jpeg\r\n";
const CLOSING: Readonly<Record<PartLayout, Uint8Array>> = {
  length: ascii("\r\n--frame\r\n"),
  advance: ascii(`\r\n--frame\r\n${JPEG_PART}\r\n`),
};
const PREAMBLE: Readonly<Record<PartLayout, Uint8Array>> = {
  length: CLOSING.length.subarray(2),
  advance: CLOSING.advance.subarray(2),
};

export function isPartLayout(text: string): text is PartLayout {
  return (PART_LAYOUTS as readonly string[]).includes(text);
}

/** Browsers call themselves Mozilla, programs do not. */
export function isBrowser(request: Request): boolean {
  return request.headers.get("user-agent")?.startsWith("Mozilla/") ?? false;
}

/** What is written before the first part; it completes the response headers, which Bun holds back until the first byte. */
export function preamble(layout: PartLayout): Uint8Array {
  return PREAMBLE[layout];
}

/**
 * The parts of encoded pictures, each built once per layout however many clients get it: one buffer, one write, one
 * system call, no copy in user space. Kept for as long as the picture's JPEG is.
 */
export class PartBuffers {
  readonly #built: Readonly<Record<PartLayout, WeakMap<Uint8Array, Uint8Array>>> = {
    length: new WeakMap(),
    advance: new WeakMap(),
  };

  /** The part of `picture`, closing boundary included. Shared with every other caller: never to be written to. */
  of(picture: StreamPicture, layout: PartLayout): Uint8Array {
    const built = this.#built[layout].get(picture.jpeg);
    if (built !== undefined) return built;
    const head = layout === "length" ? lengthHeaders(picture) : new Uint8Array(0);
    const part = new Uint8Array(head.length + picture.jpeg.length + CLOSING[layout].length);
    part.set(head);
    part.set(picture.jpeg, head.length);
    part.set(CLOSING[layout], head.length + picture.jpeg.length);
    this.#built[layout].set(picture.jpeg, part);
    return part;
  }
}

/** All that is told of a picture that shows no frame. */
const PLACEHOLDER_HEADERS = [["X-Placeholder", "1"]] as const;

/** Content-Type and Content-Length first and in this order, because some readers take the lines by number. */
function lengthHeaders(picture: StreamPicture): Uint8Array {
  const told = picture.placeholder ? PLACEHOLDER_HEADERS : pictureHeaders(picture);
  const facts = told.map(([name, value]) => `${name}: ${value}\r\n`);
  return ascii(`${JPEG_PART}Content-Length: ${picture.jpeg.length}\r\n${facts.join("")}\r\n`);
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
