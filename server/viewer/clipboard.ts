/**
 * Puts text on the clipboard; resolves with whether it worked. Browsers offer the modern way only to secure pages, and
 * a beamline's page often comes over plain http, so the old way is kept for it.
 */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (copied) return true;
  }
  return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "off-screen";
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way on a page that came over plain http
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
