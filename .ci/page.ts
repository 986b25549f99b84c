/** Bundles the player that `emu export` writes into pages, for the package and the executable. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundlePage, PAGE_FILE } from "../src/io/export/page-bundle.ts";

const path = join(import.meta.dir, "..", PAGE_FILE);
mkdirSync(dirname(path), { recursive: true });
const page = await bundlePage();
await Bun.write(path, page);
process.stderr.write(`page: ${(page.length / 1024).toFixed(0)} KiB\n`);
