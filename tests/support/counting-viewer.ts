import { readJpegHeader } from "../../wasm/core/index.ts";
import { readParts } from "./multipart.ts";

/** A picture as it came. */
export interface SeenPicture {
  readonly uniqueId: number;
  readonly width: number;
  readonly height: number;
}

/** Reads one camera's stream as a program does, looks at every picture, and counts. */
export class CountingViewer {
  /** Pictures of frames not seen before, in order. */
  readonly pictures: SeenPicture[] = [];
  /** Pictures of a frame that it had seen already, or that came after a later one: none, repeats apart. */
  outOfTurn = 0;
  /** Why it has ended: undefined while it goes on. */
  end: string | undefined;
  readonly #stop = new AbortController();

  private constructor() {}

  /** Resolves with the response's first byte. @throws Error if there is no stream at `url` */
  static async open(url: string): Promise<CountingViewer> {
    const viewer = new CountingViewer();
    const response = await fetch(url, { signal: viewer.#stop.signal });
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    void viewer.#read(response).then(
      () => (viewer.end = "the stream ended"),
      (error: unknown) => (viewer.end = String(error)),
    );
    return viewer;
  }

  /** How many frames of those after `uniqueId` it has seen. */
  seenAfter(uniqueId: number): number {
    return this.pictures.filter((picture) => picture.uniqueId > uniqueId).length;
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(response: Response): Promise<void> {
    let newest = 0;
    for await (const { headers, body } of readParts(response)) {
      // A placeholder is of no frame.
      const uniqueId = Number(headers.get("x-unique-id") ?? newest);
      const { width, height } = readJpegHeader(body);
      if (body.at(-2) !== 0xff || body.at(-1) !== 0xd9) throw new Error(`frame ${uniqueId} is cut`);
      if (uniqueId < newest) this.outOfTurn++;
      if (uniqueId > newest) this.pictures.push({ uniqueId, width, height });
      newest = Math.max(newest, uniqueId);
    }
  }
}
