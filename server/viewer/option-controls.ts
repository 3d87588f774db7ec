import { curveField } from "./curve-field.ts";
import { element } from "./element.ts";
import { inputField, type Options, selectField, type Show, switchField } from "./option-fields.ts";
import { rangeField } from "./range-field.ts";

const SELECTS = ["map", "colour", "bayer", "flip", "rotate"] as const;
const INPUTS = ["plane", "roi", "quality", "fps"] as const;

/** What the controls tell the page. */
export interface OptionListener {
  /** A person changed one option; an empty value asks for nothing. */
  changed(name: string, value: string): void;
  /** A person takes all options back. */
  reset(): void;
  /** The range drawn now, to begin a fixed one with. */
  currentRange(): { readonly low: number; readonly high: number } | undefined;
}

/**
 * The panel of picture options and the button that opens it. It shows what the address says and reports changes; the
 * button tells how many options are in effect while the panel is closed.
 */
export class OptionControls {
  readonly #panel: HTMLFormElement;
  readonly #toggle: HTMLButtonElement;
  readonly #select: HTMLButtonElement;
  readonly #planeField: HTMLElement;
  readonly #shows: readonly Show[];
  #options: Options = new Map();
  #planes = 1;

  constructor(root: ParentNode, listener: OptionListener) {
    const panel = element(root, "#options", HTMLFormElement);
    this.#panel = panel;
    this.#toggle = element(root, "#options-toggle", HTMLButtonElement);
    this.#select = element(panel, "#roi-select", HTMLButtonElement);
    this.#planeField = element(panel, "#plane-field", HTMLElement);
    const report = (name: string, value: string): void => listener.changed(name, value);
    const input = (id: string): HTMLInputElement => element(panel, `#${id}`, HTMLInputElement);
    const select = (id: string): HTMLSelectElement => element(panel, `#${id}`, HTMLSelectElement);
    const range = {
      choice: select("range"),
      low: input("low"),
      high: input("high"),
      bounds: element(panel, ".bounds", HTMLElement),
    };
    this.#shows = [
      rangeField(range, report, () => listener.currentRange()),
      curveField(select("curve"), input("gamma"), report),
      switchField(input("saturated"), "saturated", report),
      ...SELECTS.map((name) => selectField(select(name), name, report)),
      ...INPUTS.map((name) => inputField(input(name), name, report)),
    ];
    this.#arm(listener);
  }

  /** Shows the options of the address. */
  show(options: Options): void {
    this.#options = options;
    for (const show of this.#shows) show(options);
    const count = options.size === 0 ? "" : options.size.toString();
    const badge = element(this.#toggle, ".count", HTMLElement);
    badge.textContent = count;
    badge.title = count === "" ? "" : `${count} in effect`;
    element(this.#panel, "#reset", HTMLButtonElement).disabled = options.size === 0;
    element(this.#panel, "#roi-clear", HTMLButtonElement).disabled = !options.has("roi");
    this.offerPlanes(this.#planes);
  }

  /** Offers the planes of a stack of so many images; the choice is hidden where there is none. */
  offerPlanes(planes: number): void {
    this.#planes = planes;
    this.#planeField.hidden = planes <= 1 && !this.#options.has("plane");
    const plane = element(this.#panel, "#plane", HTMLInputElement);
    plane.max = planes <= 1 ? "" : (planes - 1).toString();
    plane.title = planes <= 1 ? "" : `0 to ${planes - 1}`;
  }

  /** Whether the next finger on a picture draws a region. */
  get selecting(): boolean {
    return this.#select.getAttribute("aria-pressed") === "true";
  }

  /** A region was drawn, or shall not be. */
  endSelecting(): void {
    this.#setSelecting(false);
  }

  #arm(listener: OptionListener): void {
    this.#toggle.addEventListener("click", () => {
      this.#open(this.#toggle.getAttribute("aria-expanded") !== "true");
    });
    this.#panel.addEventListener("submit", (event) => event.preventDefault());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#open(false);
      this.#toggle.focus();
    });
    this.#select.addEventListener("click", () => this.#setSelecting(!this.selecting));
    element(this.#panel, "#roi-clear", HTMLButtonElement).addEventListener("click", () => {
      element(this.#panel, "#roi", HTMLInputElement).focus();
      listener.changed("roi", "");
    });
    element(this.#panel, "#reset", HTMLButtonElement).addEventListener("click", () => {
      this.#toggle.focus();
      listener.reset();
    });
  }

  #open(open: boolean): void {
    this.#panel.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", open.toString());
    if (!open) this.endSelecting();
  }

  #setSelecting(selecting: boolean): void {
    this.#select.setAttribute("aria-pressed", selecting.toString());
    document.body.classList.toggle("selecting", selecting);
  }
}
