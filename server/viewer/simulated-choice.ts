import type { ViewerInfo } from "../http/protocol.ts";
import { element, fromTemplate } from "./element.ts";
import { pageClock } from "./page-socket.ts";
import { PictureCanvas } from "./picture-canvas.ts";
import type { SharedSocket } from "./shared-socket.ts";
import { StreamClient } from "./stream-client.ts";
import { formatUrlState } from "./url-state.ts";

type SimulatedCamera = ViewerInfo["simulated"][number];

const NO_OPTIONS: ReadonlyMap<string, string> = new Map();
/** Previews move, but need not cost much. */
const PREVIEW_OPTIONS = [
  ["fps", "10"],
  ["quality", "70"],
  ["width", "480"],
] as const;

/** So many of the best are shown moving; a simulation may also offer cameras that are costly to watch. */
const PREVIEWS = 4;

/** The simulated cameras to choose from: the best as small moving pictures, the others by name. */
export class SimulatedChoice {
  readonly #clients: StreamClient[] = [];
  readonly #pictures: PictureCanvas[] = [];

  readonly #socket: SharedSocket;

  /** Fills `section` with one link for each camera and opens the streams of the previews on `socket`. */
  constructor(section: HTMLElement, cameras: ViewerInfo["simulated"], socket: SharedSocket) {
    this.#socket = socket;
    section.hidden = cameras.length === 0;
    const best = cameras.slice(0, PREVIEWS);
    const others = cameras.slice(PREVIEWS);
    const pvs = best.map(({ name }) => name);
    element(section, ".together", HTMLAnchorElement).href = formatUrlState({ pvs, options: NO_OPTIONS });
    element(section, ".previews", HTMLElement).replaceChildren(
      ...best.map((camera) => this.#preview(camera)),
    );
    element(section, ".others", HTMLElement).replaceChildren(
      ...others.map((camera) => link("#simulated-camera", camera)),
    );
  }

  /** Call when the page is hidden or seen again. */
  visible(visible: boolean): void {
    for (const client of this.#clients) client.visible(visible);
  }

  /** Ends the previews. */
  close(): void {
    for (const part of [...this.#clients, ...this.#pictures]) part.close();
  }

  #preview(camera: SimulatedCamera): HTMLElement {
    const card = link("#simulated-preview", camera);
    const picture = new PictureCanvas(element(card, "canvas", HTMLCanvasElement));
    this.#pictures.push(picture);
    this.#clients.push(
      new StreamClient(
        this.#socket.of(camera.name),
        new Map([...optionsOf(camera), ...PREVIEW_OPTIONS]),
        pageClock,
        {
          view: () => undefined,
          picture: (jpeg, taken) => picture.offer(jpeg, taken),
        },
      ),
    );
    return card;
  }
}

function optionsOf({ options = {} }: SimulatedCamera): ReadonlyMap<string, string> {
  return new Map(Object.entries(options));
}

function link(template: string, camera: SimulatedCamera): HTMLElement {
  const { name, description } = camera;
  const item = fromTemplate(template);
  element(item, "a", HTMLAnchorElement).href = formatUrlState({ pvs: [name], options: optionsOf(camera) });
  element(item, ".name", HTMLElement).textContent = name;
  element(item, ".description", HTMLElement).textContent = description;
  return item;
}

/** Asks the server what it offers; a server that does not say offers nothing. */
export async function simulatedCameras(): Promise<ViewerInfo["simulated"]> {
  const answer = await fetch(new URL("viewer.json", document.baseURI), { cache: "no-store" }).catch(
    () => undefined,
  );
  if (answer?.ok !== true) return [];
  const info = (await answer.json().catch(() => ({}))) as Partial<ViewerInfo>;
  return info.simulated ?? [];
}
