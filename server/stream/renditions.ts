import { type Recipe, recipeKey } from "../../wasm/core/index.ts";
import { EncodeError } from "../encode/index.ts";
import type { FrameFeed, RenditionTools } from "./frame-feed.ts";
import { JpegMaker } from "./jpeg-maker.ts";
import { type RawPicture, reportOnPicture, type StreamPicture } from "./picture.ts";
import { RawMaker } from "./raw-maker.ts";
import { whyNotDrawn } from "./refusal.ts";
import { Rendition } from "./rendition.ts";
import type { RenditionReport, StreamStatus } from "./status.ts";

/** What every rendition has, whatever its pictures are. */
export type AnyRendition = Pick<
  Rendition<StreamPicture>,
  "decision" | "encodedFps" | "failure" | "feedChanged" | "held" | "settled" | "superseded" | "viewers"
>;

/** The renditions of one stream: one per recipe that somebody watches, and one for all who want the frames raw. */
export class Renditions {
  readonly #feed: FrameFeed;
  readonly #newTools: () => RenditionTools;
  readonly #drawn = new Map<string, Rendition<StreamPicture>>();
  #raw: Rendition<RawPicture> | undefined;

  /** @param newTools what a new rendition works with; each has a choice of its own, because it learns */
  constructor(feed: FrameFeed, newTools: () => RenditionTools) {
    this.#feed = feed;
    this.#newTools = newTools;
  }

  /** The one that draws `recipe`; it is kept until its last viewer has left. */
  of(recipe: Recipe): Rendition<StreamPicture> {
    const key = recipeKey(recipe);
    const known = this.#drawn.get(key);
    if (known !== undefined) return known;
    const tools = this.#newTools();
    const rendition = new Rendition(new JpegMaker(recipe, this.#feed, tools), this.#feed, tools);
    this.#drawn.set(key, rendition);
    return rendition;
  }

  /** The one that draws nothing. */
  raw(): Rendition<RawPicture> {
    this.#raw ??= new Rendition(new RawMaker(), this.#feed, this.#newTools());
    return this.#raw;
  }

  /** The newest picture of a recipe; undefined where nobody watches it, nor did a moment ago. */
  latest(recipe: Recipe): StreamPicture | undefined {
    return this.#drawn.get(recipeKey(recipe))?.latest;
  }

  *[Symbol.iterator](): Iterator<AnyRendition> {
    yield* this.#drawn.values();
    if (this.#raw !== undefined) yield this.#raw;
  }

  /** Forgets a rendition that has no viewers any more once its job has ended: who comes before shall not have it done twice. */
  async left(rendition: AnyRendition): Promise<void> {
    await rendition.settled;
    if (rendition.viewers > 0) return;
    if (rendition === this.#raw) this.#raw = undefined;
    for (const [key, drawn] of this.#drawn) if (drawn === rendition) this.#drawn.delete(key);
  }

  /** Resolves when no job is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this].map((rendition) => rendition.settled));
  }

  get report(): RenditionReport[] {
    const drawn = [...this.#drawn].map(([key, rendition]) => ({
      ...reportOn(key, rendition),
      ...(rendition.latest && { picture: reportOnPicture(rendition.latest) }),
    }));
    return this.#raw === undefined ? drawn : [...drawn, reportOn("raw", this.#raw)];
  }
}

function reportOn(recipe: string, rendition: AnyRendition): RenditionReport {
  const { viewers, encodedFps, failure } = rendition;
  const failed = failure === undefined ? {} : { failure: whyNotDrawn(failure) };
  return { recipe, viewers, encodedFps, ...encoderOf(rendition), ...failed };
}

/** The words of a viewer's status that come from its rendition; `live`: whether the camera sends images. */
export function statusOf(
  rendition: AnyRendition,
  live: boolean,
): Partial<StreamStatus> & { encodedFps: number } {
  const { encodedFps, failure } = rendition;
  const frozen = live && failure !== undefined ? notDrawn(failure) : {};
  return { ...frozen, encodedFps, ...encoderOf(rendition) };
}

/** What a viewer is told whose picture stands still though the camera does not. */
function notDrawn(failure: unknown): Pick<StreamStatus, "state" | "reason" | "failure"> {
  const code = failure instanceof EncodeError ? { failure: failure.code } : {};
  return { state: "stalled", reason: whyNotDrawn(failure), ...code };
}

function encoderOf({ decision }: AnyRendition): Pick<RenditionReport, "encoder" | "encoderWhy"> {
  return decision === undefined ? {} : { encoder: decision.encoder, encoderWhy: decision.why };
}
