// The corridor: pva and wasm/core → source → encode → stream → http → viewer. A room imports only from rooms on its
// left, and only through their index.ts. Drawn in the README; app.ts alone sees every room.
const corridor = ["source", "encode", "stream", "http"];

/** Forbids what lies to the right of each room. */
const nothingFromTheRight = corridor.map((room, place) => ({
  name: `${room}-looks-left-only`,
  comment: "Bytes walk one way; a room that knows what comes after it cannot be tested or replaced alone.",
  severity: "error",
  from: { path: `^server/${room}/` },
  to: {
    path: `^server/(${[...corridor.slice(place + 1), "sim", "viewer", "app\\.ts", "index\\.ts"].join("|")})`,
  },
}));

module.exports = {
  forbidden: [
    ...nothingFromTheRight,
    {
      name: "doors-only",
      comment: "Another room is entered through its index.ts.",
      severity: "error",
      from: { path: "^server/([^/]+)/" },
      to: {
        path: "^server/([^/]+)/.+",
        pathNot: ["^server/$1/", "^server/[^/]+/index\\.(ts|html)$", "^server/http/protocol\\.ts$"],
      },
    },
    {
      name: "top-uses-doors",
      severity: "error",
      from: { path: "^server/[^/]+\\.ts$" },
      to: { path: "^server/[^/]+/.+", pathNot: ["^server/[^/]+/index\\.(ts|html)$"] },
    },
    {
      name: "core-door",
      comment: "wasm/core is entered through its index.ts too; benches of single kernels look behind it.",
      severity: "error",
      from: { path: "^(server|scripts)/", pathNot: "^scripts/bench/" },
      to: { path: "^wasm/core/", pathNot: "^wasm/core/index\\.ts$" },
    },
    {
      name: "pva-stands-alone",
      comment: "server/pva could be a package of its own: nothing from outside its folder.",
      severity: "error",
      from: { path: "^server/pva/" },
      to: { pathNot: ["^server/pva/", "^(node|bun):", "^bun$", "^[a-z_/]+$"] },
    },
    {
      name: "core-stands-alone",
      comment: "wasm/core runs unchanged in browsers: nothing from outside it, no Bun, no Node.",
      severity: "error",
      from: { path: "^wasm/core/" },
      to: { pathNot: "^wasm/" },
    },
    {
      name: "sim-hangs-on-pva-and-core",
      severity: "error",
      from: { path: "^server/sim/" },
      to: { path: "^server/", pathNot: ["^server/(sim|pva)/", "^server/(config|log|errors|clock)\\.ts$"] },
    },
    {
      name: "viewer-takes-the-protocol-only",
      severity: "error",
      from: { path: "^server/viewer/" },
      to: { path: "^server/", pathNot: ["^server/viewer/", "^server/http/protocol\\.ts$"] },
    },
    {
      name: "protocol-imports-nothing",
      comment: "The WebSocket's words are read by browsers and by the server: one file, no imports.",
      severity: "error",
      from: { path: "^server/http/protocol\\.ts$" },
      to: {},
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-tests-in-the-house",
      severity: "error",
      from: { path: "^(server|wasm|scripts)/" },
      to: { path: "^tests/" },
    },
    {
      name: "declared-dependencies-only",
      severity: "error",
      from: { path: "^(server|wasm)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^bun(:|$)" } },
    {
      name: "no-orphans",
      comment: "A file nobody imports is unused, entries apart.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: [
          "^server/index\\.ts$",
          "^server/encode/worker\\.ts$",
          "^server/sim/packing-thread\\.ts$",
          "\\.test\\.ts$",
          "^scripts/",
          "^wasm/assembly/",
          "\\.d\\.ts$",
        ],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: ["^wasm/assembly/", "^wasm/build/"] },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs", ".cjs", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "default"],
    },
    builtInModules: { add: ["bun", "bun:test", "bun:ffi"] },
  },
};
