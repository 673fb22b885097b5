// Copies what pages load from node_modules to static/vendor/, so that no third-party file is committed, and our
// own scripts beside it without comments and long names: merchants fetch them, nobody reads them there.
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { transform } from "esbuild";

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
for (const name of (await readdir(OWN)).filter((each) => each.endsWith(".js"))) {
  const { code } = await transform(await readFile(`${OWN}/${name}`, "utf8"), { minify: true, target: "es2022" });
  await writeFile(`${VENDOR}/${name.replace(".js", ".min.js")}`, code);
}
