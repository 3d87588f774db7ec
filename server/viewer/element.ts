/** The one element under `root` that `selector` names; the page's own markup must have it. */
export function element<Kind extends Element>(
  root: ParentNode,
  selector: string,
  kind: new () => Kind,
): Kind {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} ${selector}`);
  return found;
}

/** A fresh copy of the first element in a `<template>` of the page. */
export function fromTemplate(selector: string): HTMLElement {
  const template = element(document, selector, HTMLTemplateElement);
  const copy = template.content.firstElementChild?.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error(`template ${selector} is empty`);
  return copy;
}
