/**
 * Compiles `emuterm/core` and `emuterm/core/lean` to one JavaScript module each, without dependencies:
 * `bun .ci/core.ts [folder]`. The default folder is `core/`, where package.json's exports expect them. The
 * modules run in browsers, Node, Deno and Bun.
 */
import { join, resolve } from "node:path";

const root = join(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? join(root, "core"));
const ENTRY = join(root, "src/io/core/index.ts");
const ALL_BOARDS = join(root, "src/emu/nes/cartridge/boards/all.ts");

/** Names the third-party code in the bundle and its licence. */
const BANNER = "/*! emuterm/core, MIT. Holds @noble/hashes, MIT, (c) Paul Miller (https://paulmillr.com) */";

/** Takes the place of `boards/all.ts` in `emuterm/core/lean`. */
const COMMON_BOARDS = `export { COMMON_BOARDS as BOARDS } from "./common.ts";
export const MISSING_BOARD_REMEDY = "emuterm/core has all boards";`;

for (const [name, files] of [
  ["index", {}],
  ["lean", { [ALL_BOARDS]: COMMON_BOARDS }],
] as const) {
  const { outputs } = await Bun.build({
    entrypoints: [ENTRY],
    outdir: folder,
    naming: `${name}.[ext]`,
    target: "browser",
    format: "esm",
    minify: true,
    banner: BANNER,
    files,
  });
  const packedKib = Bun.gzipSync(new Uint8Array(await outputs[0]!.arrayBuffer()), { level: 9 }).length / 1024;
  process.stderr.write(`core/${name}.js: ${packedKib.toFixed(0)} KiB gzipped\n`);
}
