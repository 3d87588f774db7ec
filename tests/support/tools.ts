/**
 * Whether tests that need a tool must be skipped; says what is missing. With CI=true a missing tool is a failure, because
 * a skipped interop or browser test there would go unnoticed.
 *
 * @param tool what is needed, in words, e.g. "Python with p4p"
 * @returns true: skip
 */
export function requireTool(tool: string, found: boolean): boolean {
  if (found) return false;
  if (process.env["CI"] === "true") throw new Error(`${tool} is missing, and CI must not skip its tests`);
  console.warn(`skipped: the tests that need ${tool}`);
  return true;
}
