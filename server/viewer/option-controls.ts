import { element } from "./element.ts";
import type { UrlState } from "./url-state.ts";

/** Range choices that need no numbers; everything else in the address is shown as it stands. */
const NAMED_RANGES = ["", "auto", "full"];
const FIXED_RANGE = /^([^,:]+),([^,:]+)$/u;

/** What the controls tell the page. */
export interface OptionListener {
  /** A person changed one option; an empty value means the server's own choice. */
  changed(name: string, value: string): void;
  /** The range drawn now, to begin a fixed one with. */
  currentRange(): { readonly low: number; readonly high: number } | undefined;
}

/** The small controls for range, quality and frame rate; they show what the address says and report changes. */
export class OptionControls {
  readonly #form: HTMLFormElement;
  readonly #range: HTMLSelectElement;
  readonly #low: HTMLInputElement;
  readonly #high: HTMLInputElement;
  readonly #listener: OptionListener;

  constructor(form: HTMLFormElement, listener: OptionListener) {
    this.#form = form;
    this.#listener = listener;
    this.#range = element(form, "#range", HTMLSelectElement);
    this.#low = element(form, "#low", HTMLInputElement);
    this.#high = element(form, "#high", HTMLInputElement);
    this.#range.addEventListener("change", () => this.#chooseRange());
    for (const bound of [this.#low, this.#high]) bound.addEventListener("change", () => this.#reportFixed());
    for (const name of ["quality", "fps"]) this.#armNumber(element(form, `#${name}`, HTMLInputElement), name);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Shows the options of the address. */
  show(state: UrlState): void {
    for (const name of ["quality", "fps"])
      element(this.#form, `#${name}`, HTMLInputElement).value = state.options.get(name) ?? "";
    const range = state.options.get("range") ?? "";
    const [, low, high] = FIXED_RANGE.exec(range) ?? [];
    this.#low.value = low ?? "";
    this.#high.value = high ?? "";
    this.#showRange(low !== undefined ? "fixed" : range);
  }

  #showRange(choice: string): void {
    if (
      ![...NAMED_RANGES, "fixed"].includes(choice) &&
      ![...this.#range.options].some(({ value }) => value === choice)
    )
      this.#range.append(new Option(choice, choice));
    this.#range.value = choice;
    this.#form.classList.toggle("fixed-range", choice === "fixed");
  }

  #chooseRange(): void {
    const choice = this.#range.value;
    this.#showRange(choice);
    if (choice === "fixed") this.#beginFixed();
    else this.#listener.changed("range", choice);
  }

  #beginFixed(): void {
    const now = this.#listener.currentRange();
    if (now !== undefined) {
      this.#low.value = now.low.toString();
      this.#high.value = now.high.toString();
      this.#reportFixed();
    }
    this.#low.focus();
  }

  /** Waits for the second bound: half a range is none. */
  #reportFixed(): void {
    if (this.#low.value === "" || this.#high.value === "") return;
    this.#listener.changed("range", `${this.#low.value},${this.#high.value}`);
  }

  #armNumber(input: HTMLInputElement, name: string): void {
    input.addEventListener("change", () => {
      if (input.reportValidity()) this.#listener.changed(name, input.value);
    });
  }
}
