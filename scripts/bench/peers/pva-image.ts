/**
 * A camera for benches of the whole service, in a process of its own: `bun scripts/bench/peers/pva-image.ts KIND WIDTH
 * HEIGHT FPS`. The PV `CAM` sends, over and over, a few images that are drawn before the first; each post is stamped with
 * the time of day. Prints {"pva": port} when it listens.
 *
 * KIND   a sample type (`uint16`), or `rgb1`, both of waves; with `-noise`, a fifth of it noise; or `noise` or
 *        `rgb1-noise-only`: nothing but noise
 *        `jpeg`: what the camera has compressed itself, to 100 kB a frame, which the service passes on as it is
 */
import {
  AnyValue,
  ArrayInParts,
  NTNDARRAY_PVXS,
  PvaServer,
  SharedPv,
  scalar,
  timeFields,
} from "../../../server/pva/index.ts";
import { ELEMENT_TYPES, type ImageKind, imagesOf, parseKind } from "./wave-images.ts";

const [kindText = "uint8", widthText = "1024", heightText = "1024", fpsText = "25"] = process.argv.slice(2);
const kind: ImageKind = parseKind(kindText);
const [width, height, fps] = [Number(widthText), Number(heightText), Number(fpsText)];
/** A timer that is this late has its frames forgiven. */
const CATCH_UP_MS = 50;

const images = await imagesOf(kind, width, height);
const sizes = kind.colour ? [3, width, height] : [width, height];
const dimension = sizes.map((size) => ({ size, offset: 0, fullSize: size, binning: 1, reverse: false }));
const camera = new SharedPv(NTNDARRAY_PVXS);
const server = await PvaServer.listen({
  port: 0,
  provider: (name) => (name === "CAM" ? camera : undefined),
});

let posted = 0;
function post(): void {
  posted++;
  const bytes = images[posted % images.length]!;
  const elementType = kind.jpeg ? "ubyte" : ELEMENT_TYPES[kind.sampleType];
  const time = timeFields(Date.now());
  camera.post({
    value: { [`${elementType}Value`]: new ArrayInParts(elementType, [bytes]) },
    codec: kind.jpeg
      ? { name: "jpeg", parameters: new AnyValue(scalar("int"), 5) }
      : { name: "", parameters: new AnyValue(scalar("int"), 0) },
    compressedSize: bytes.byteLength,
    uncompressedSize: kind.jpeg ? width * height : bytes.byteLength,
    uniqueId: posted,
    dataTimeStamp: time,
    timeStamp: time,
    dimension,
    attribute: [{ name: "ColorMode", value: new AnyValue(scalar("int"), kind.colour ? 2 : 0) }],
  });
}

let due = performance.now();
function takeFrames(): void {
  const now = performance.now();
  due = Math.max(due, now - CATCH_UP_MS);
  for (; due <= now; due += 1000 / fps) post();
  setTimeout(takeFrames, Math.max(0, due - performance.now()));
}
takeFrames();
console.log(JSON.stringify({ pva: server.address.port }));
