/**
 * Records the sessions that docs/debug.md shows as GIFs: in the browser (Chromium) and in an editor (Emacs
 * with dap-mode in xterm, under Xvfb and tmux). Needs cc65, make and ffmpeg, and ImageMagick for the editor.
 * Usage: bun bench/debug-gifs.ts browser|editor [out.gif]
 */
import { join } from "node:path";
import { recordBrowser } from "./gifs/browser.ts";
import { recordEditor } from "./gifs/editor.ts";

const DOCS = join(import.meta.dir, "../docs");
const RECORDERS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  browser: recordBrowser,
  editor: recordEditor,
};
const [, , name = "", out = join(DOCS, `debugger-${name}.gif`)] = process.argv;
const record = RECORDERS[name];
if (record === undefined) throw new Error("usage: bun bench/debug-gifs.ts browser|editor [out.gif]");
await record(out);
console.log(`${out}: ${(Bun.file(out).size / 1024).toFixed(0)} KiB`);
