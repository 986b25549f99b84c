/**
 * Compiles `emuterm/core` to one JavaScript module without dependencies: `bun .ci/core.ts [folder]`. The
 * default folder is `core/`, where package.json's exports expect it. The module runs in browsers, Node, Deno
 * and Bun.
 */
import { join, resolve } from "node:path";

const root = join(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? join(root, "core"));

/** Names the third-party code in the bundle and its licence. */
const BANNER = "/*! emuterm/core, MIT. Holds @noble/hashes, MIT, (c) Paul Miller (https://paulmillr.com) */";

const result = await Bun.build({
  entrypoints: [join(root, "src/io/core/index.ts")],
  outdir: folder,
  target: "browser",
  format: "esm",
  minify: true,
  banner: BANNER,
});
const [output] = result.outputs;
const packedKib = Bun.gzipSync(new Uint8Array(await output!.arrayBuffer()), { level: 9 }).length / 1024;
process.stderr.write(`core: ${packedKib.toFixed(0)} KiB gzipped\n`);
