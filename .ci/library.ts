/**
 * Compiles the unit-test library for Node: `bun .ci/library.ts [folder]`. The default folder is `library/`,
 * where package.json's exports expect it; Bun uses the sources instead.
 */
import { join, resolve } from "node:path";
import { dependencies } from "../package.json";

const root = join(import.meta.dir, "..");
const folder = resolve(process.argv[2] ?? join(root, "library"));

/** Node has no FFI. The library only passes it on the way to standard output, which tests do not use. */
const NO_FFI = `const absent = () => { throw new Error("native calls need Bun"); };
export { absent as CFunction, absent as dlopen, absent as JSCallback, absent as ptr, absent as toArrayBuffer };
export const read = {};
export class CString {}`;

const { outputs } = await Bun.build({
  entrypoints: [join(root, "src/io/library/index.ts"), join(root, "src/io/library/game-matchers.ts")],
  outdir: folder,
  target: "node",
  format: "esm",
  splitting: true,
  // Node cannot import the names of gifenc, which is a CommonJS module.
  external: Object.keys(dependencies).filter((name) => name !== "gifenc"),
  plugins: [
    {
      name: "no FFI",
      setup: ({ onResolve, onLoad }) => {
        onResolve({ filter: /^bun:ffi$/ }, () => ({ path: "ffi", namespace: "absent" }));
        onLoad({ filter: /./, namespace: "absent" }, () => ({ contents: NO_FFI, loader: "js" }));
      },
    },
  ],
});
const kib = outputs.reduce((sum, output) => sum + output.size, 0) / 1024;
process.stderr.write(`library: ${kib.toFixed(0)} KiB\n`);
