import { type EncoderDecision, EncodeError } from "../encode/index.ts";
import type { CameraFrame } from "../source/index.ts";
import type { History, Recipe } from "../../wasm/core/index.ts";
import type { FrameFeed, RenditionTools } from "./frame-feed.ts";
import { pictureOf, type StreamPicture } from "./picture.ts";
import type { PictureMaker } from "./picture-maker.ts";
import { PlaceholderBoard } from "./placeholder-board.ts";
import type { Hold } from "./quarantine.ts";

/**
 * Makes the JPEGs of one recipe on the workers: chooses the encoder, carries from each picture to the next what it
 * leaves (its range, its statistics), and reports crashes.
 */
export class JpegMaker implements PictureMaker<StreamPicture> {
  readonly placeholders: PlaceholderBoard;
  readonly #recipe: Recipe;
  readonly #feed: FrameFeed;
  readonly #tools: RenditionTools;
  #decision: EncoderDecision | undefined;
  #history: History = {};
  #lastMs: number | undefined;

  constructor(recipe: Recipe, feed: FrameFeed, tools: RenditionTools) {
    this.#recipe = recipe;
    this.#feed = feed;
    this.#tools = tools;
    this.placeholders = new PlaceholderBoard(feed.pv, recipe, tools);
  }

  get decision(): EncoderDecision | undefined {
    return this.#decision;
  }

  get held(): Hold | undefined {
    return this.#tools.quarantine.of(this.#feed.pv);
  }

  whenFree(task: () => void): () => void {
    return this.#tools.encoder.whenIdle(task, { party: this.#feed.pv, expectedMs: this.#lastMs });
  }

  async make(frame: CameraFrame, intervalMs: number): Promise<StreamPicture> {
    const { encoder } = this.#decide(frame, intervalMs);
    const job = { frame, recipe: this.#recipe, encoder, history: this.#history, at: frame.receivedAt };
    try {
      const encoded = await this.#tools.encoder.encode(job);
      this.#history = encoded.history;
      this.#lastMs = encoded.encodeMs;
      if (encoded.encoder !== "camera")
        this.#tools.choice.learn(encoded.encoder, megapixels(frame), encoded.encodeMs);
      this.#feed.encoded(encoded.encodeMs);
      return pictureOf(encoded, frame);
    } catch (error) {
      if (error instanceof EncodeError) this.#tools.quarantine.note(this.#feed.pv, error);
      throw error;
    }
  }

  sizeOf({ jpeg }: StreamPicture): number {
    return jpeg.byteLength;
  }

  #decide(frame: CameraFrame, intervalMs: number): EncoderDecision {
    const { cameraFps } = this.#feed;
    const decision = this.#tools.choice.choose(this.#recipe.encoder, {
      intervalMs: Math.max(intervalMs, cameraFps > 0 ? 1000 / cameraFps : 0),
      megapixels: megapixels(frame),
      busyFraction: this.#tools.encoder.busyFraction,
    });
    const changed = decision.encoder !== this.#decision?.encoder;
    this.#decision = decision;
    if (changed) this.#feed.changed();
    return decision;
  }
}

function megapixels(frame: CameraFrame): number {
  return (frame.width * frame.height) / 1e6;
}
