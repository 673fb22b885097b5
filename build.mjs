// Copies what pages load from node_modules to static/vendor/, so that no third-party file is committed, and builds
// our own scripts beside it, one for each page's need: merchants fetch them, nobody reads them there. The storefront's
// snippet goes to static/snippet/; too large a snippet fails the build.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const VENDOR = "static/vendor";
const OWN = "static/js";
const SNIPPET = "static/snippet";
const MOST_SNIPPET_BYTES = 2560; // gzip -9, with a configuration in it
// As the server writes it (`Config` in snippet/src/types.d.ts).
const CONFIG = JSON.stringify([
  "north-ridge-estate",
  "https://onepixel.example.com/collect",
  ["PageView", "ViewContent", "AddToCart", "InitiateCheckout"],
  1,
  false,
  "/product",
  "/checkout",
]);
const INTER = "@fontsource-variable/inter/files";
const FILES = {
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
  [`${INTER}/inter-latin-wght-normal.woff2`]: "inter-latin.woff2",
  [`${INTER}/inter-latin-ext-wght-normal.woff2`]: "inter-latin-ext.woff2",
};

async function buildDashboard() {
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
}

async function buildSnippet() {
  const { outputFiles, metafile } = await build({
    entryPoints: ["snippet/src/main.js"],
    outfile: `${SNIPPET}/onepixel.js`,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    metafile: true,
    write: false,
    tsconfigRaw: {}, // without snippet/tsconfig.json, which is for the checks alone
  });
  const { code } = await minify(outputFiles[0].text, {
    ecma: 2020,
    compress: { passes: 3, sequences: false, unsafe: true, pure_getters: true, keep_fargs: false },
  });
  // The server writes the winery's configuration there.
  if (code.split("ONEPIXEL_CONFIG").length !== 2) throw new Error("ONEPIXEL_CONFIG must be there once.");
  const [{ inputs }] = Object.values(metafile.outputs);
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    console.log(`${path.padEnd(28)} ${String(bytesInOutput).padStart(5)}`);
  }
  const served = code.replace("ONEPIXEL_CONFIG", CONFIG);
  const weight = gzipSync(served, { level: 9 }).length;
  console.log(`snippet: ${served.length} bytes, ${weight} of ${MOST_SNIPPET_BYTES} with gzip`);
  if (weight > MOST_SNIPPET_BYTES) throw new Error("The snippet is too large.");
  await mkdir(SNIPPET, { recursive: true });
  await writeFile(`${SNIPPET}/onepixel.js`, code);
}

await buildDashboard();
await buildSnippet();
