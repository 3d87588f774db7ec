import type { Recipe } from "../../wasm/core/index.ts";
import type { Clock } from "../clock.ts";
import { type Encoder, EncodeError, type PlaceholderPainter, PLACEHOLDERS } from "../encode/index.ts";
import type { Log } from "../log.ts";
import type { StreamPicture } from "./picture.ts";
import type { Trouble } from "./trouble.ts";

/** A placeholder is shown again so often, milliseconds, and not drawn anew more often than that. */
export const PLACEHOLDER_EVERY_MS = 5000;
/** Pixels where nobody asked for a size, and at most. */
const SIZE = { width: 640, height: 480 };
const LARGEST_SIDE = 2048;

/** What a placeholder board works with. */
export interface BoardTools {
  readonly clock: Clock;
  readonly log: Log;
  readonly encoder: Pick<Encoder, "whenIdle"> & PlaceholderPainter;
}

/** What was drawn, and for which trouble. */
interface Drawn {
  readonly since: number;
  readonly reason: string;
  readonly under: StreamPicture | undefined;
  readonly at: number;
  /** Undefined where it could not be drawn. */
  readonly picture: StreamPicture | undefined;
}

/**
 * The placeholder of one rendition: the last picture, dimmed, with the reason on it. It is drawn once for a trouble, by a
 * worker, and again only when its words have changed; all viewers get the same bytes.
 */
export class PlaceholderBoard {
  readonly #pv: string;
  readonly #recipe: Recipe;
  readonly #tools: BoardTools;
  #drawn: Drawn | undefined;
  /** Takes back the turn of a drawing; undefined while none is under way. */
  #withdraw: (() => void) | undefined;

  constructor(pv: string, recipe: Recipe, tools: BoardTools) {
    this.#pv = pv;
    this.#recipe = recipe;
    this.#tools = tools;
  }

  /**
   * The placeholder for a trouble.
   * @param under the last picture
   * @param whenDrawn called when there is one, if this returns undefined; not after `rest`
   * @returns undefined while it is being drawn, and where it cannot be
   */
  picture(
    trouble: Trouble,
    under: StreamPicture | undefined,
    whenDrawn: () => void,
  ): StreamPicture | undefined {
    const drawn = this.#drawn;
    const fits = drawn?.since === trouble.since && drawn.under === under;
    const young = drawn !== undefined && this.#tools.clock.now() - drawn.at < PLACEHOLDER_EVERY_MS;
    if (fits && (young || drawn.reason === trouble.reason)) return drawn.picture;
    if (this.#withdraw === undefined) this.#askForWorker(trouble, under, whenDrawn);
    return undefined;
  }

  /** Nobody looks: nothing more is drawn. */
  rest(): void {
    this.#withdraw?.();
    this.#withdraw = undefined;
  }

  #askForWorker(trouble: Trouble, under: StreamPicture | undefined, whenDrawn: () => void): void {
    let wanted = true;
    const paint = async (): Promise<void> => {
      const picture = await this.#draw(trouble, under);
      if (!wanted) return;
      const { since, reason } = trouble;
      this.#drawn = { since, reason, under, at: this.#tools.clock.now(), picture };
      this.#withdraw = undefined;
      if (picture !== undefined) whenDrawn();
    };
    const withdrawTurn = this.#tools.encoder.whenIdle(() => void paint(), { party: PLACEHOLDERS });
    this.#withdraw = () => {
      wanted = false;
      withdrawTurn();
    };
  }

  async #draw(
    { reason, since }: Trouble,
    under: StreamPicture | undefined,
  ): Promise<StreamPicture | undefined> {
    const { clock, encoder, log } = this.#tools;
    const began = new Date(clock.wallTime() - (clock.now() - since));
    const time = began.toISOString().replace("T", " ").replace(/\..*/u, " UTC");
    try {
      const drawn = await encoder.drawPlaceholder({
        size: placeholderSize(this.#recipe),
        ...(under && { under }),
        lines: [reason, this.#pv, `Since ${time}`],
      });
      const { sequence = 0, uniqueId = 0 } = under ?? {};
      const notes = { sequence, uniqueId, iocTime: undefined, cameraTime: undefined };
      return { ...drawn, ...notes, receivedAt: clock.now(), repeat: false, placeholder: true };
    } catch (error) {
      if (error instanceof EncodeError && error.code === "closed") return undefined;
      log.warning("{pv}: no placeholder could be drawn: {error}", { pv: this.#pv, error });
      return undefined;
    }
  }
}

/** As large as asked for, within reason; where one side was asked for, four to three. */
export function placeholderSize({ width, height }: Recipe): { width: number; height: number } {
  if (width === undefined && height === undefined) return SIZE;
  const shape = SIZE.width / SIZE.height;
  const side = (pixels: number): number => Math.max(1, Math.min(Math.round(pixels), LARGEST_SIDE));
  return { width: side(width ?? height! * shape), height: side(height ?? width! / shape) };
}
