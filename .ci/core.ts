/**
 * Compiles `emuterm/core` and `emuterm/core/lean` to one JavaScript module each, without dependencies:
 * `bun .ci/core.ts [folder]`. The default folder is `core/`, where package.json's exports expect them. The
 * modules run in browsers, Node, Deno and Bun.
 */
import { join, resolve } from "node:path";

const root = join(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? join(root, "core"));
const ENTRY = join(root, "src/io/core/index.ts");
const CARTRIDGE = join(root, "src/emu/nes/cartridge");

/** Names the third-party code in the bundle and its licence. */
const BANNER = "/*! emuterm/core, MIT. Holds @noble/hashes, MIT, (c) Paul Miller (https://paulmillr.com) */";

/** Take the place of `nsf.ts` and its board: music files have 6 KiB, and pages that embed games need none. */
const WITHOUT_MUSIC = {
  [join(CARTRIDGE, "nsf.ts")]: `import { InputError } from "../../input-error.ts";
export const isNsf = (bytes) => /^(NESM|NSFE)/.test(String.fromCharCode(...bytes.subarray(0, 4)));
export function readNsf() {
  throw new InputError("data", "a music file, not a game", "byte 0", "play it with emu run");
}`,
  [join(CARTRIDGE, "boards/homebrew/nsf-player.ts")]: "export const BOARDS = [];",
};

/** Takes the place of `boards/all.ts` in `emuterm/core/lean`. */
const COMMON_BOARDS = `export { COMMON_BOARDS as BOARDS } from "./common.ts";
export const MISSING_BOARD_REMEDY = "emuterm/core has all boards";`;

for (const [name, files] of [
  ["index", WITHOUT_MUSIC],
  ["lean", { ...WITHOUT_MUSIC, [join(CARTRIDGE, "boards/all.ts")]: COMMON_BOARDS }],
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
