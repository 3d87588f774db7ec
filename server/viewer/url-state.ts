/**
 * What the page's address says, and the addresses the page makes from it. Everything is relative to the page, so that a
 * reverse proxy may put the service under any path.
 */
export interface UrlState {
  /** The PVs shown, in order, each once. */
  readonly pvs: readonly string[];
  /** Every other query parameter (`range`, `quality`, `fps`, …): passed to each stream as it stands. */
  readonly options: ReadonlyMap<string, string>;
}

/** Reads `?pv=A&pv=B&range=auto`; the last of several equal options counts. */
export function parseUrlState(search: string): UrlState {
  const pvs: string[] = [];
  const options = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (name === "pv") pvs.push(...splitPvNames(value));
    else if (value !== "") options.set(name, value);
  }
  return { pvs: [...new Set(pvs)], options };
}

/** The query that `parseUrlState` reads back, `""` for an empty state; PV names stay readable. */
export function formatUrlState(state: UrlState): string {
  const pairs = [...state.pvs.map((pv) => ["pv", pv] as const), ...state.options];
  return query(pairs);
}

/** The state with one option set, or taken away by an empty value. */
export function withOption(state: UrlState, name: string, value: string): UrlState {
  const options = new Map(state.options);
  if (value === "") options.delete(name);
  else options.set(name, value);
  return { pvs: state.pvs, options };
}

/** The PVs a person typed: parted by white space, which no PV name has; `pva://` in front is taken off. */
export function splitPvNames(typed: string): string[] {
  return typed
    .split(/\s+/u)
    .map((name) => name.replace(/^pva:\/\//iu, ""))
    .filter((name) => name !== "");
}

/** What an `<img>` of another page needs as its `src`. */
export function imagePath(pv: string, options: ReadonlyMap<string, string>): string {
  return `mjpg/${pvPath(pv)}${query([...options])}`;
}

/**
 * A PV name as the end of a URL's path. The server takes `/` as it stands; but a browser would resolve `.` and `..`
 * and a proxy would join `//`, so names that have such segments get their slashes escaped.
 */
function pvPath(pv: string): string {
  const escaped = readable(encodeURIComponent(pv));
  const plainSegments = pv.split("/").every((segment) => !["", ".", ".."].includes(segment));
  return plainSegments ? escaped.replaceAll("%2F", "/") : escaped;
}

function query(pairs: readonly (readonly [string, string])[]): string {
  const words = pairs.map(
    ([name, value]) => `${encodeURIComponent(name)}=${readable(encodeURIComponent(value))}`,
  );
  return words.length === 0 ? "" : `?${words.join("&")}`;
}

/** Takes back the escapes of characters that RFC 3986 allows in paths and queries and that PV names and ranges use. */
function readable(escaped: string): string {
  return escaped.replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%40", "@");
}
