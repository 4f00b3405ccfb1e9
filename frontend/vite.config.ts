import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = path.dirname(fileURLToPath(import.meta.url));
const base = "/static/spa/";

/** In development, answer every page of the app with the app, as Django does when it is built. */
function appPages(): Plugin {
  return {
    name: "app-pages",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        if (/^\/(app(\/.*)?)?(\?.*)?$/.test(request.url ?? "")) request.url = `${base}index.html`;
        next();
      });
    },
  };
}

/**
 * sonner writes its style sheet into the page from its script, which the page's policy forbids.
 * Its rules come with our own style sheet instead (src/app.css).
 */
function sonnerWithoutInlineStyles(): Plugin {
  return {
    name: "sonner-without-inline-styles",
    transform(code, id) {
      if (!id.includes("/sonner/dist/index.mjs")) return null;
      const without = code.replace(/^__insertCSS\(.*\);?$/m, "");
      if (without === code) this.error("sonner inserts its styles in another way than before.");
      return { code: without, map: null };
    },
  };
}

/**
 * What is small and on many pages comes as one file: a file of its own for each would cost more in
 * headers and turns than it holds. React and what it stands on is named first, or it would be drawn
 * into the second.
 */
const SHARED = [
  {
    name: "react",
    test: /node_modules.(react|react-dom|scheduler|react-router)[\\/]/,
    priority: 3,
  },
  // What nearly every page stands on: forty small files would each cost a turn of their own.
  {
    name: "base",
    test: /node_modules.(@tanstack|openapi-fetch|clsx|tailwind-merge|class-variance-authority|@radix-ui.react-(slot|compose-refs))|src.(lib|components|app)[\\/]/,
    minShareCount: 18,
    priority: 2,
  },
  {
    name: "common",
    test: /lucide-react|src.(lib.(days|money|time|use-now|words|clock)|components.ui.(badge|card|money|page-heading|portrait|rating|ticket|zoned-time)|app.wordmark)\.tsx?$/,
    minShareCount: 3,
    priority: 1,
  },
];

/** The service worker beside the files that it keeps; another list makes another worker. */
function worker(): Plugin {
  return {
    name: "worker",
    apply: "build",
    generateBundle(_options, bundle) {
      const built = Object.values(bundle);
      const entry = built.find((one) => one.type === "chunk" && one.isEntry)?.fileName;
      if (entry === undefined) return this.error("There is no entry for the worker to keep.");
      const files = built
        .map(({ fileName }) => base + fileName)
        .filter((name) => /\.(js|css|woff2)$/.test(name))
        .sort();
      const source = readFileSync(path.join(here, "worker.js"), "utf8");
      const build = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: source
          .replace('["%FILES%"]', JSON.stringify(files))
          .replace("%ENTRY%", base + entry)
          .replace("%BUILD%", build),
      });
    },
  };
}

const backend = process.env.BACKEND ?? "http://127.0.0.1:8000";

export default defineConfig({
  base,
  plugins: [react(), tailwindcss(), appPages(), sonnerWithoutInlineStyles(), worker()],
  resolve: { alias: { "@": path.join(here, "src") } },
  optimizeDeps: { exclude: ["sonner"] },
  server: {
    host: "127.0.0.1",
    fs: { allow: [path.join(here, "..")] },
    // The host stays as the browser named it, so that the API's Origin check holds here too.
    proxy: Object.fromEntries(
      ["/api", "/portraits", "/media", "^/static/(?!spa/)"].map((route) => [
        route,
        { target: backend, changeOrigin: false },
      ]),
    ),
  },
  build: {
    manifest: true,
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // The tokens are written with light-dark(): every engine since May 2024.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    sourcemap: false,
    // No data: addresses, so that the page's policy needs to allow none for fonts and pictures.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: path.join(here, "src/main.tsx"),
      output: { codeSplitting: { groups: SHARED } },
    },
  },
  test: {
    restoreMocks: true,
    testTimeout: 20_000,
    css: false,
    env: { TZ: "UTC" },
    projects: [
      // What has no screen needs no browser, and starts at once.
      {
        extends: true,
        test: {
          name: "rules",
          include: ["src/**/*.test.ts", "scripts/*.test.js"],
          environment: "node",
        },
      },
      {
        extends: true,
        test: {
          name: "screens",
          include: ["src/**/*.test.tsx"],
          environment: "jsdom",
          environmentOptions: { jsdom: { url: "http://127.0.0.1:8000/app" } },
          setupFiles: ["src/test/setup.ts"],
        },
      },
    ],
  },
});
