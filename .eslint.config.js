import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  // wasm/assembly is AssemblyScript: its own compiler checks it, and TypeScript's parser does not know its types.
  { ignores: ["wasm/assembly/", "wasm/build/", "node_modules/", ".venv/", "tests/vectors/"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Indexed reads are `T | undefined` here; hot loops over bytes whose bounds were just checked say so with `!`.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { process: "readonly", console: "readonly", module: "writable" },
    },
  },
);
