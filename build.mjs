// Copies what pages load from node_modules to static/vendor/, so that no third-party file is committed.
import { copyFile, mkdir } from "node:fs/promises";

const VENDOR = "static/vendor";
const FILES = { "htmx.org/dist/htmx.min.js": "htmx.min.js" };

await mkdir(VENDOR, { recursive: true });
for (const [from, to] of Object.entries(FILES)) {
  await copyFile(`node_modules/${from}`, `${VENDOR}/${to}`);
}
