// Builds what pages load: static/built/ has one stylesheet, the scripts of each kind of page and the fonts. Their
// names have a fingerprint of their content, so that browsers keep them for good; names.json says which name each has
// now. Each text is there compressed, too. The storefront's snippet goes to static/snippet/; too large a snippet fails
// the build. No third-party file is committed.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import subsetFont from "subset-font";
import { minify } from "terser";

const BUILT = "static/built";
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
// Scripts with globals of their own, ahead of the dashboard's.
const LIBRARIES = ["htmx.org/dist/htmx.min.js", "idiomorph/dist/idiomorph-ext.min.js"];
const INTER = "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
// What our pages are written with, as `unicode-range` of static/css/fonts.css says it too.
const BASIC = String.fromCodePoint(...Array.from({ length: 95 }, (_, n) => n + 0x20)) + "\u00a0·×–—‘’“”•…←→−";

/** The font of the dashboard's own words and weights, less than half of the whole. */
const basicFont = {
  name: "basic-font",
  setup(build) {
    build.onResolve({ filter: /^inter-basic\.woff2$/ }, ({ path }) => ({ path, namespace: "subset" }));
    build.onLoad({ filter: /./, namespace: "subset" }, async () => ({
      contents: await subsetFont(await readFile(INTER), BASIC, {
        targetFormat: "woff2",
        variationAxes: { wght: { min: 400, max: 600 } },
      }),
      loader: "file",
    }));
  },
};

async function buildPages() {
  await rm(BUILT, { recursive: true, force: true });
  await mkdir(BUILT, { recursive: true });
  const libraries = await Promise.all(LIBRARIES.map((path) => readFile(`node_modules/${path}`, "utf8")));
  const common = { outdir: BUILT, bundle: true, minify: true, metafile: true, entryNames: "[name]-[hash]" };
  const script = { ...common, format: "iife", target: "es2022" };
  const builds = await Promise.all([
    build({ ...script, entryPoints: [`${OWN}/session.js`, `${OWN}/problem.js`] }),
    build({ ...script, entryPoints: [`${OWN}/dashboard.js`], banner: { js: libraries.join("\n;") + "\n;" } }),
    build({
      ...common,
      entryPoints: ["static/css/styles.css"],
      assetNames: "[name]-[hash]",
      loader: { ".woff2": "file" },
      target: "es2022",
      plugins: [basicFont],
    }),
  ]);
  const names = {};
  for (const path of builds.flatMap(({ metafile }) => Object.keys(metafile.outputs))) {
    const name = basename(path);
    names[name.replace(/-[A-Z0-9]{8}\./, ".")] = name;
    if (name.endsWith(".woff2")) continue;
    const text = await readFile(path);
    await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
    await writeFile(`${path}.br`, brotliCompressSync(text));
  }
  await writeFile(`${BUILT}/names.json`, JSON.stringify(names));
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

await buildPages();
await buildSnippet();
