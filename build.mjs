// Copies what pages load from node_modules to static/vendor/, so that no third-party file is committed, and builds
// our own scripts beside it, one for each page's need: merchants fetch them, nobody reads them there.
import { copyFile, mkdir } from "node:fs/promises";
import { build } from "esbuild";

const VENDOR = "static/vendor";
const OWN = "static/js";
const INTER = "@fontsource-variable/inter/files";
const FILES = {
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
  [`${INTER}/inter-latin-wght-normal.woff2`]: "inter-latin.woff2",
  [`${INTER}/inter-latin-ext-wght-normal.woff2`]: "inter-latin-ext.woff2",
};

await mkdir(VENDOR, { recursive: true });
for (const [from, to] of Object.entries(FILES)) {
  await copyFile(`node_modules/${from}`, `${VENDOR}/${to}`);
}
await build({
  entryPoints: ["session", "dashboard", "problem"].map((name) => `${OWN}/${name}.js`),
  outdir: VENDOR,
  outExtension: { ".js": ".min.js" },
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
});
