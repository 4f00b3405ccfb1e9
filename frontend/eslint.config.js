// Types and import direction. Accessibility and the rules of hooks are oxlint's (.oxlintrc.json).
import { readdirSync } from "node:fs";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const features = readdirSync(new URL("./src/features", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Shared code is below the features and the features are below the app. */
const shared = {
  files: ["src/lib/**", "src/components/**"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: ["@/features/*", "@/app/*"],
            message: "Shared code knows no feature and no app.",
          },
          { group: ["../*"], message: "Write it as @/…" },
        ],
      },
    ],
  },
};

/** A feature knows the shared code and itself. */
const perFeature = features.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: ["@/app/*"], message: "A feature does not know the app." },
          {
            group: ["@/features/*", `!@/features/${feature}`],
            message: "A feature knows no other feature; compose them in src/app.",
          },
          { group: ["../../*"], message: "Write it as @/…" },
        ],
      },
    ],
  },
}));

export default defineConfig(
  // Scripts are plain JavaScript, which has no types to check by; oxlint reads them.
  { ignores: ["dist", "worker.js", "node_modules", "scripts", "src/lib/api-types.ts"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true } }],
    },
  },
  { files: ["*.config.*"], rules: { "no-restricted-exports": "off" } },
  shared,
  ...perFeature,
);
