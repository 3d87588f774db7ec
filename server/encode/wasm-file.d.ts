/** A WASM file imported `with { type: "file" }` is the path where Bun keeps it, also inside a packaged binary. */
declare module "*.wasm" {
  const path: string;
  export default path;
}
