/** The plain controls of the options panel. Each reports what a person chose, and shows what the address says. */

/** Options by name, as they stand in the address. */
export type Options = ReadonlyMap<string, string>;

/** A person changed one option; an empty value asks for nothing. */
export type Report = (name: string, value: string) => void;

/** Makes a control show what the address says. */
export type Show = (options: Options) => void;

/** A choice among words; a word that it does not offer is shown all the same when the address has it. */
export function selectField(select: HTMLSelectElement, name: string, report: Report): Show {
  select.addEventListener("change", () => report(name, select.value));
  return (options) => choose(select, options.get(name) ?? "");
}

/** A number or a text that is reported when it is complete and may be so. */
export function inputField(input: HTMLInputElement, name: string, report: Report): Show {
  input.addEventListener("change", () => {
    const value = input.value.replaceAll(/\s/gu, "");
    if (input.reportValidity()) report(name, value);
  });
  return (options) => void (input.value = options.get(name) ?? "");
}

/** A wish that is there or not. */
export function switchField(input: HTMLInputElement, name: string, report: Report): Show {
  input.addEventListener("change", () => report(name, input.checked ? "on" : ""));
  return (options) => void (input.checked = options.get(name) === "on");
}

/** Shows `value`, also one that is not offered. */
export function choose(select: HTMLSelectElement, value: string): void {
  if (![...select.options].some((option) => option.value === value)) select.append(new Option(value, value));
  select.value = value;
}
