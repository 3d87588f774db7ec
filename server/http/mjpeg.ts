import { Elysia } from "elysia";
import type { Viewer } from "../stream/index.ts";
import { addressOf } from "./address.ts";
import { COMMON_HEADERS, refusalAnswer } from "./answer.ts";
import { openViewer, type PictureDependencies } from "./open-viewer.ts";
import { isBrowser, PartBuffers, preamble, STREAM_TYPE, type PartLayout } from "./part.ts";
import { refusalFrom } from "./refusal.ts";
import type { RunningStreams } from "./running-streams.ts";
import { parseViewing } from "./viewing.ts";

const PREFIX = "/mjpg/";
/** Readers that see a part only when the next one comes get the last picture twice; once, when the camera pauses. */
const QUICK_REPEAT_MS = 200;
/**
 * Bun's write answers how many bytes the kernel has taken when that was all, a promise when it was not (settled when it
 * has), and this when there is no client any more.
 */
const GONE = 0;
/** A still camera's picture is sent again this often: under the promised 5 s, whatever the lateness of a timer. */
const KEEP_ALIVE_MS = 4500;

/** `GET` and `HEAD /mjpg/<PV>`: the camera as an endless multipart answer, which any `<img>` shows. */
export function mjpegRoute(dependencies: PictureDependencies) {
  const parts = new PartBuffers();
  const answer = (request: Request): Promise<Response> => answerMjpeg(request, parts, dependencies);
  return (
    new Elysia({ name: "mjpeg" })
      .get(`${PREFIX}*`, ({ request }) => answer(request))
      // Elysia answers HEAD by reading a GET's body to its end to learn the length, and this one has no end. Bun, given
      // the same response, sends the headers and cancels the body, which closes the viewer.
      .onRequest(({ request }) => {
        if (request.method === "HEAD" && addressOf(request).path.startsWith(PREFIX)) return answer(request);
        return undefined;
      })
  );
}

/** Everything that can be refused is refused here, with a status; once the stream has begun it only ever goes on. */
async function answerMjpeg(
  request: Request,
  parts: PartBuffers,
  dependencies: PictureDependencies,
): Promise<Response> {
  try {
    const viewing = parseViewing(addressOf(request), PREFIX, dependencies.defaults);
    const visit = dependencies.access.visitOf(request);
    const opening = { ...dependencies, visit, kind: "mjpg", placeholder: "lost" } as const;
    const viewer = await openViewer(viewing, request.signal, opening);
    const layout = viewing.parts ?? (isBrowser(request) ? "advance" : "length");
    const body = pictureStream(viewer, layout, parts, dependencies.running);
    return new Response(body, { headers: { ...COMMON_HEADERS, "Content-Type": STREAM_TYPE } });
  } catch (error) {
    return refusalAnswer(refusalFrom(error, dependencies.log));
  }
}

/**
 * The viewer's pictures as a body. Bun's direct streams are used because they alone tell, at each write, whether the
 * socket has drained, and that the client is gone while no frame comes.
 */
function pictureStream(
  viewer: Viewer,
  layout: PartLayout,
  parts: PartBuffers,
  running: RunningStreams,
): ReadableStream {
  const source: Bun.DirectUnderlyingSource<Uint8Array> = {
    type: "direct",
    pull: (controller) => running.track(sendPictures(controller, viewer, layout, parts)),
    cancel: () => viewer.close(),
  };
  // The browser's type declarations, which the viewer page needs, hide Bun's own kind of source.
  return new ReadableStream(source as unknown as UnderlyingDefaultSource<Uint8Array>);
}

async function sendPictures(
  controller: ReadableStreamDirectController,
  viewer: Viewer,
  layout: PartLayout,
  parts: PartBuffers,
): Promise<void> {
  await controller.write(preamble(layout));
  let repeatAfterMs = KEEP_ALIVE_MS;
  for (;;) {
    // The picture is chosen here, after the socket has drained, so a slow client has no queue and gets the newest.
    const picture = await viewer.next({ repeatAfterMs });
    if (picture === undefined) break;
    const part = parts.of(picture, layout);
    const written = controller.write(part);
    // Most are taken at once; a promise for each of hundreds of viewers would cost as much as all else of ours.
    if ((typeof written === "number" ? written : await written) === GONE) break;
    viewer.sent(picture, part.length);
    repeatAfterMs = layout === "length" && !picture.repeat ? QUICK_REPEAT_MS : KEEP_ALIVE_MS;
  }
  viewer.close();
  controller.close();
}
