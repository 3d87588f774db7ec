import { BAYER_PATTERNS, CODECS, FRAME_MODES, SAMPLE_TYPES } from "../../../wasm/core/index.ts";
import type { Clock } from "../../clock.ts";
import type { PictureNotes, RawPicture, StreamPicture } from "../../stream/index.ts";
import { PICTURE, PICTURE_FLAG, PICTURE_KIND, VIEWS_VERSION } from "../protocol.ts";

const NO_BAYER = 255;

/**
 * Pictures as binary messages: the header of protocol.ts and the picture's bytes in one buffer. That of a JPEG is built
 * once for all sockets and kept for as long as its picture; that of a raw frame is the frame's own buffer, which has room
 * for the header, so that its pixels are not copied.
 */
export class PictureMessages {
  readonly #clock: Clock;
  readonly #built = new WeakMap<Uint8Array, { readonly stream: number; readonly message: Uint8Array }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Shared with every other caller: never to be written to. */
  ofJpeg(picture: StreamPicture, stream: number): Uint8Array {
    const built = this.#built.get(picture.jpeg);
    if (built?.stream === stream) return built.message;
    const message = new Uint8Array(PICTURE.end + picture.jpeg.length);
    message.set(picture.jpeg, PICTURE.end);
    this.#writeJpegHeader(new DataView(message.buffer), picture, stream);
    this.#built.set(picture.jpeg, { stream, message });
    return message;
  }

  /** Valid until the next call for the same picture: to be sent at once. */
  ofRaw(picture: RawPicture, stream: number): Uint8Array {
    const { buffer, byteOffset, byteLength } = picture.bytes;
    const message = new Uint8Array(buffer, byteOffset - PICTURE.end, PICTURE.end + byteLength);
    message.fill(0, 0, PICTURE.end);
    this.#writeRawHeader(new DataView(buffer, message.byteOffset, PICTURE.end), picture, stream);
    return message;
  }

  #writeJpegHeader(header: DataView, picture: StreamPicture, stream: number): void {
    const { range, region } = picture;
    this.#writeNotes(header, PICTURE_KIND.jpeg, picture, stream);
    header.setFloat64(PICTURE.rangeLow, range.low, true);
    header.setFloat64(PICTURE.rangeHigh, range.high, true);
    header.setUint32(PICTURE.width, picture.width, true);
    header.setUint32(PICTURE.height, picture.height, true);
    writeRegion(header, region);
    header.setUint32(PICTURE.plane, region.plane, true);
    header.setFloat64(PICTURE.cameraTime, NaN, true);
    header.setUint8(PICTURE.flags, picture.placeholder ? PICTURE_FLAG.placeholder : 0);
    header.setUint8(PICTURE.bayer, NO_BAYER);
  }

  #writeRawHeader(header: DataView, picture: RawPicture, stream: number): void {
    const { width, height, bayer, codec = "none" } = picture;
    this.#writeNotes(header, PICTURE_KIND.raw, picture, stream);
    header.setFloat64(PICTURE.cameraTime, picture.cameraTime ?? NaN, true);
    header.setFloat64(PICTURE.rangeLow, NaN, true);
    header.setFloat64(PICTURE.rangeHigh, NaN, true);
    header.setUint32(PICTURE.width, width, true);
    header.setUint32(PICTURE.height, height, true);
    writeRegion(header, { x: 0, y: 0, width, height });
    header.setUint32(PICTURE.planes, picture.planes ?? 1, true);
    header.setUint8(PICTURE.flags, rawFlags(picture));
    header.setUint8(PICTURE.sampleType, SAMPLE_TYPES.indexOf(picture.sampleType));
    header.setUint8(PICTURE.colourMode, FRAME_MODES.indexOf(picture.colourMode));
    header.setUint8(PICTURE.codec, CODECS.indexOf(codec));
    header.setUint8(PICTURE.bayer, bayer === undefined ? NO_BAYER : BAYER_PATTERNS.indexOf(bayer));
  }

  /** What all kinds have. */
  #writeNotes(header: DataView, kind: number, picture: PictureNotes, stream: number): void {
    const now = this.#clock.wallTime();
    header.setUint8(PICTURE.version, VIEWS_VERSION);
    header.setUint8(PICTURE.kind, kind);
    header.setUint16(PICTURE.headerBytes, PICTURE.end, true);
    header.setUint32(PICTURE.stream, stream, true);
    header.setBigUint64(PICTURE.sequence, BigInt(picture.sequence), true);
    header.setBigInt64(PICTURE.uniqueId, BigInt(picture.uniqueId), true);
    header.setFloat64(PICTURE.iocTime, picture.iocTime ?? NaN, true);
    header.setFloat64(PICTURE.receivedTime, now - (this.#clock.now() - picture.receivedAt), true);
    header.setFloat64(PICTURE.sentTime, now, true);
  }
}

function writeRegion(
  header: DataView,
  region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): void {
  header.setUint32(PICTURE.regionX, region.x, true);
  header.setUint32(PICTURE.regionY, region.y, true);
  header.setUint32(PICTURE.regionWidth, region.width, true);
  header.setUint32(PICTURE.regionHeight, region.height, true);
}

function rawFlags({ bigEndian, reverseX = false, reverseY = false }: RawPicture): number {
  return (
    (bigEndian ? PICTURE_FLAG.bigEndian : 0) |
    (reverseX ? PICTURE_FLAG.reverseX : 0) |
    (reverseY ? PICTURE_FLAG.reverseY : 0)
  );
}
