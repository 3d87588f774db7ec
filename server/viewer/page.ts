import { type CameraListener, CameraView } from "./camera-view.ts";
import { element } from "./element.ts";
import { OptionControls } from "./option-controls.ts";
import { sharedPageSocket } from "./page-socket.ts";
import { SimulatedChoice, simulatedCameras } from "./simulated-choice.ts";
import { formatUrlState, parseUrlState, splitPvNames, withOption, type UrlState } from "./url-state.ts";

/** The page: its address says what is shown; every control changes the address and then shows what it says. */
class Page {
  readonly #cameras = new Map<string, CameraView>();
  readonly #grid = element(document, "#cameras", HTMLElement);
  readonly #pvBox = element(document, "#pv", HTMLInputElement);
  readonly #controls: OptionControls;
  readonly #socket = sharedPageSocket();
  #state: UrlState = { pvs: [], options: new Map() };
  #choice: SimulatedChoice | undefined;

  constructor() {
    this.#controls = new OptionControls(document, {
      changed: (name, value) => this.#change(withOption(this.#state, name, value)),
      reset: () => this.#change({ pvs: this.#state.pvs, options: new Map() }),
      currentRange: () =>
        [...this.#cameras.values()].map(({ range }) => range).find((range) => range !== undefined),
    });
    element(document, "#choose", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#visit({ pvs: splitPvNames(this.#pvBox.value), options: this.#state.options });
    });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged());
    document.addEventListener("keydown", (event) => this.#shortcut(event));
    window.addEventListener("popstate", () => this.#show(parseUrlState(location.search)));
    this.#show(parseUrlState(location.search));
  }

  /** Goes to an address of this page; if it is another one, the browser's back button undoes it. */
  #visit(state: UrlState): void {
    if (formatUrlState(state) !== formatUrlState(this.#state))
      history.pushState(null, "", formatUrlState(state) || "./");
    this.#show(parseUrlState(location.search));
  }

  /** Other options for the same cameras: nothing to go back through. */
  #change(state: UrlState): void {
    this.#state = state;
    history.replaceState(null, "", formatUrlState(this.#state) || "./");
    this.#controls.show(state.options);
    for (const camera of this.#cameras.values()) camera.setOptions(this.#state.options);
  }

  #show(state: UrlState): void {
    const sameOptions = formatUrlState({ ...state, pvs: [] }) === formatUrlState({ ...this.#state, pvs: [] });
    this.#state = state;
    this.#controls.show(state.options);
    this.#pvBox.value = state.pvs.join(" ");
    document.title = [...state.pvs, "pva-to-video"].join(" · ");
    document.body.dataset["cameras"] = Math.min(state.pvs.length, 2).toString();
    this.#grid.style.setProperty("--columns", Math.ceil(Math.sqrt(state.pvs.length)).toString());
    for (const [pv, camera] of this.#cameras) {
      if (!state.pvs.includes(pv)) this.#remove(pv, camera);
      else if (!sameOptions) camera.setOptions(state.options);
    }
    this.#grid.replaceChildren(...state.pvs.map((pv) => this.#camera(pv).figure));
    if (state.pvs.length > 0) this.#endChoice();
    else void this.#offerChoice();
    this.#visibilityChanged();
  }

  #camera(pv: string): CameraView {
    const shown = this.#cameras.get(pv);
    if (shown !== undefined) return shown;
    const camera = new CameraView(pv, this.#state.options, this.#listenerFor(pv));
    this.#cameras.set(pv, camera);
    return camera;
  }

  #listenerFor(pv: string): CameraListener {
    // A region of one camera means nothing to another: regions are drawn where only one is shown.
    const isAlone = (): boolean => this.#cameras.size === 1;
    const isSelecting = (): boolean => this.#controls.selecting;
    return {
      removed: () => this.#takeOff(pv),
      socket: this.#socket.of(pv),
      regionChosen: (roi) => {
        this.#controls.endSelecting();
        this.#change(withOption(this.#state, "roi", roi));
      },
      get mayDraw() {
        return isAlone();
      },
      get fingersDraw() {
        return isSelecting();
      },
      told: () =>
        this.#controls.offerPlanes(Math.max(1, ...[...this.#cameras.values()].map(({ planes }) => planes))),
    };
  }

  /** A person removed `pv`. Its button had the keyboard, which goes to the camera that takes its place. */
  #takeOff(pv: string): void {
    const { pvs, options } = this.#state;
    this.#visit({ pvs: pvs.filter((other) => other !== pv), options });
    const next = this.#grid.children[pvs.indexOf(pv)] ?? this.#grid.lastElementChild;
    if (next !== null) element(next, "button", HTMLButtonElement).focus();
  }

  #remove(pv: string, camera: CameraView): void {
    camera.close();
    this.#cameras.delete(pv);
  }

  async #offerChoice(): Promise<void> {
    // On a touch screen the keyboard would cover the choice.
    if (matchMedia("(pointer: fine)").matches) this.#pvBox.focus();
    const cameras = await simulatedCameras();
    // The person may have chosen a PV while the server was asked.
    if (this.#state.pvs.length > 0 || this.#choice !== undefined) return;
    this.#choice = new SimulatedChoice(element(document, "#simulated", HTMLElement), cameras, this.#socket);
    this.#visibilityChanged();
  }

  #endChoice(): void {
    this.#choice?.close();
    this.#choice = undefined;
  }

  #visibilityChanged(): void {
    for (const part of [...this.#cameras.values(), this.#choice]) part?.visible(!document.hidden);
  }

  /** `/` goes to the PV box, as in many pages. */
  #shortcut(event: KeyboardEvent): void {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#pvBox.select();
  }
}

new Page();
