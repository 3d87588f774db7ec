import type { ViewerInfo } from "../http/protocol.ts";
import { element, fromTemplate } from "./element.ts";
import { pageClock, pageSocket } from "./page-socket.ts";
import { PictureCanvas } from "./picture-canvas.ts";
import { StreamClient } from "./stream-client.ts";
import { formatUrlState, streamPath } from "./url-state.ts";

const NO_OPTIONS: ReadonlyMap<string, string> = new Map();
/** Previews move, but need not cost much. */
const PREVIEW_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["fps", "10"],
  ["quality", "70"],
]);

/** The simulated cameras to choose from, each as a small moving picture. */
export class SimulatedChoice {
  readonly #clients: StreamClient[] = [];
  readonly #pictures: PictureCanvas[] = [];
  readonly #list: HTMLElement;

  /** Fills `list` with one link for each camera and opens their streams. */
  constructor(list: HTMLElement, cameras: ViewerInfo["simulated"]) {
    this.#list = list;
    list.replaceChildren(...cameras.map((camera) => this.#card(camera.name, camera.description)));
  }

  /** Call when the page is hidden or seen again. */
  visible(visible: boolean): void {
    for (const client of this.#clients) client.visible(visible);
  }

  /** Ends the previews. */
  close(): void {
    for (const part of [...this.#clients, ...this.#pictures]) part.close();
    this.#list.replaceChildren();
  }

  #card(name: string, description: string): HTMLElement {
    const card = fromTemplate("#simulated-camera");
    element(card, "a", HTMLAnchorElement).href = formatUrlState({ pvs: [name], options: NO_OPTIONS });
    element(card, ".name", HTMLElement).textContent = name;
    element(card, ".description", HTMLElement).textContent = description;
    const picture = new PictureCanvas(element(card, "canvas", HTMLCanvasElement));
    this.#pictures.push(picture);
    this.#clients.push(
      new StreamClient(pageSocket(streamPath(name, PREVIEW_OPTIONS)), pageClock, {
        view: () => undefined,
        picture: (jpeg) => picture.offer(jpeg),
      }),
    );
    return card;
  }
}

/** Asks the server what it offers; a server that does not say offers nothing. */
export async function simulatedCameras(): Promise<ViewerInfo["simulated"]> {
  const answer = await fetch(new URL("viewer.json", document.baseURI), { cache: "no-store" }).catch(
    () => undefined,
  );
  if (answer?.ok !== true) return [];
  const { simulated } = (await answer.json()) as ViewerInfo;
  return simulated;
}
