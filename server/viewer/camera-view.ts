import { type Placement, placementOf, regionBetween } from "./array-region.ts";
import { copyText } from "./clipboard.ts";
import { element, fromTemplate } from "./element.ts";
import { pageClock } from "./page-socket.ts";
import { PictureCanvas } from "./picture-canvas.ts";
import { dropFacts, pictureFacts } from "./picture-facts.ts";
import { issueWords } from "./picture-issues.ts";
import { RegionDrag } from "./region-drag.ts";
import { stateWords } from "./status-words.ts";
import { type OpenSocket, StreamClient, type StreamView } from "./stream-client.ts";
import { imagePath } from "./url-state.ts";

const COPIED_SHOWN_MS = 1500;

/** What a camera tells the page. */
export interface CameraListener {
  /** A person takes it off the page. */
  removed(): void;
  /** A person has drawn a region, `X,Y,W,H` in array pixels, or wants to see all again: "". */
  regionChosen(roi: string): void;
  /** Whether regions may be drawn, and by fingers too. */
  readonly mayDraw: boolean;
  readonly fingersDraw: boolean;
  /** Where the pictures come from. */
  readonly socket: OpenSocket;
  /** The server has told something: `planes` or `range` may have changed. */
  told(): void;
}

/** One camera on the page: its picture, its state in words, its facts and its buttons. */
export class CameraView {
  /** What the page puts into its grid. */
  readonly figure = fromTemplate("#camera");
  readonly #pv: string;
  readonly #picture: PictureCanvas;
  readonly #words = {
    state: element(this.figure, ".state", HTMLElement),
    facts: element(this.figure, ".facts", HTMLElement),
    issues: element(this.figure, ".issues", HTMLElement),
    title: element(this.figure, ".notice-title", HTMLElement),
    detail: element(this.figure, ".notice-detail", HTMLElement),
    advice: element(this.figure, ".notice-advice", HTMLElement),
  };
  readonly #listener: CameraListener;
  #options: ReadonlyMap<string, string>;
  /** Of the newest picture; undefined while the server has told of none. */
  #placement: Placement | undefined;
  readonly #client: StreamClient;
  #view: StreamView = { kind: "connecting", since: Date.now() };

  /** Opens the stream of `pv` at once. */
  constructor(pv: string, options: ReadonlyMap<string, string>, listener: CameraListener) {
    this.#pv = pv;
    this.#options = options;
    this.#listener = listener;
    const canvas = element(this.figure, "canvas", HTMLCanvasElement);
    canvas.setAttribute("aria-label", `Picture of ${pv}`);
    this.#picture = new PictureCanvas(canvas, (resized) => this.#painted(resized));
    element(this.figure, ".name", HTMLElement).textContent = pv;
    this.#armButtons(canvas);
    this.#armRegion(canvas);
    this.#client = new StreamClient(listener.socket, options, pageClock, {
      view: (view) => this.#show(view),
      picture: (jpeg, taken) => this.#picture.offer(jpeg, taken),
    });
  }

  /** Asks the server for other options; the old picture stays until the first new one. */
  setOptions(options: ReadonlyMap<string, string>): void {
    this.#options = options;
    this.#client.change(options);
  }

  /** Call when the page is hidden or seen again. */
  visible(visible: boolean): void {
    this.#client.visible(visible);
  }

  /** The sample values drawn black and white, if the server has told. */
  get range(): { readonly low: number; readonly high: number } | undefined {
    return this.#view.kind === "open" ? this.#view.status.range : undefined;
  }

  /** Images in one array of this camera; 1 where it is no stack, or nothing is known. */
  get planes(): number {
    return this.#view.kind === "open" ? (this.#view.status.planes ?? 1) : 1;
  }

  /** Ends the stream and takes the camera off the page. */
  close(): void {
    this.#client.close();
    this.#picture.close();
    this.figure.remove();
  }

  #painted(resized: boolean): void {
    this.figure.classList.add("has-picture");
    if (!resized) return;
    const { width, height } = element(this.figure, "canvas", HTMLCanvasElement);
    this.figure.style.setProperty("--aspect", `${width} / ${height}`);
  }

  #show(view: StreamView): void {
    const live = view.kind === "open" && view.status.state === "live";
    if (!live) this.#picture.restartRate();
    this.#view = view;
    const words = stateWords(this.#pv, view, clockTime);
    this.figure.dataset["tone"] = words.tone;
    setText(this.#words.state, words.title);
    setText(this.#words.title, words.title);
    setText(this.#words.detail, words.detail);
    setText(this.#words.advice, words.advice);
    this.#showFacts();
    if (view.kind === "open" && view.status.picture !== undefined)
      this.#placement = placementOf(view.status.picture.region, view.status, this.#options);
    this.#listener.told();
  }

  #showFacts(): void {
    const status = this.#view.kind === "open" ? this.#view.status : undefined;
    const facts = status === undefined ? [] : pictureFacts(status, this.#picture.fps);
    setText(this.#words.facts, facts.join(" · "));
    const issues = status?.state === "live" ? issueWords(status).join("; ") : "";
    setText(this.#words.issues, issues && `${issues[0]!.toUpperCase()}${issues.slice(1)}.`);
    const drops = status === undefined ? [] : dropFacts(status);
    this.#words.facts.title = drops.length === 0 ? "" : `Frames not shown: ${drops.join(", ")}`;
  }

  #armRegion(canvas: HTMLCanvasElement): void {
    new RegionDrag(canvas, element(this.figure, ".drawn-region", HTMLElement), {
      place: (event) =>
        this.#placement === undefined || !this.#listener.mayDraw ? undefined : this.#picture.placeAt(event),
      fingers: () => this.#listener.fingersDraw,
      chosen: (from, to) => {
        if (this.#placement === undefined) return;
        this.#listener.regionChosen(regionBetween(from, to, this.#placement));
      },
    });
  }

  #armButtons(canvas: HTMLCanvasElement): void {
    const copy = element(this.figure, ".copy", HTMLButtonElement);
    const copyLabel = element(copy, ".label", HTMLElement);
    copy.addEventListener("click", () => {
      const url = new URL(imagePath(this.#pv, this.#options), document.baseURI).href;
      void copyText(url).then((copied) => {
        copyLabel.textContent = copied ? "Copied" : "Copying failed";
        copy.dataset["copied"] = "";
        pageClock.after(COPIED_SHOWN_MS, () => {
          copyLabel.textContent = "Copy image URL";
          delete copy.dataset["copied"];
        });
      });
    });
    const fullScreen = element(this.figure, ".full-screen", HTMLButtonElement);
    fullScreen.hidden = !document.fullscreenEnabled;
    const toggle = (): void => {
      const done =
        document.fullscreenElement === null ? this.figure.requestFullscreen() : document.exitFullscreen();
      done.catch(() => undefined); // the browser's settings forbid it
    };
    fullScreen.addEventListener("click", toggle);
    this.figure.addEventListener("fullscreenchange", () => {
      const full = document.fullscreenElement === this.figure;
      element(fullScreen, ".label", HTMLElement).textContent = full ? "Leave full screen" : "Full screen";
    });
    canvas.addEventListener("dblclick", () => {
      if (this.#options.has("roi") && this.#listener.mayDraw) this.#listener.regionChosen("");
      else toggle();
    });
    const remove = element(this.figure, ".remove", HTMLButtonElement);
    remove.addEventListener("click", () => this.#listener.removed());
  }
}

/** Writes only what differs, so that a screen reader is not told the same state every second. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function clockTime(time: number): string {
  return new Date(time).toLocaleTimeString([], { hourCycle: "h23" });
}
