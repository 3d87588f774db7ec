import { choose, type Report, type Show } from "./option-fields.ts";

/** A gamma that brings out the dark without losing the bright; that of most screens. */
const FIRST_GAMMA = "2.2";

/** How grey levels rise between black and white: a choice, and a number that is seen with gamma. */
export function curveField(choice: HTMLSelectElement, gamma: HTMLInputElement, report: Report): Show {
  function reportGamma(): void {
    if (gamma.value !== "" && gamma.reportValidity()) report("curve", `gamma:${gamma.value}`);
  }

  choice.addEventListener("change", () => {
    gamma.hidden = choice.value !== "gamma";
    if (gamma.hidden) {
      report("curve", choice.value);
      return;
    }
    gamma.value = FIRST_GAMMA;
    reportGamma();
    gamma.focus();
  });
  gamma.addEventListener("change", reportGamma);

  return (options) => {
    const curve = options.get("curve") ?? "";
    gamma.hidden = !curve.startsWith("gamma:");
    gamma.value = gamma.hidden ? "" : curve.slice("gamma:".length);
    choose(choice, gamma.hidden ? curve : "gamma");
  };
}
