#!/usr/bin/env node
/**
 * The command `emu` of the installed package. Node or Bun can run it. npm's links start it with Node, which
 * then starts the Bun that was installed with the package, or else the one on the PATH.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { becomeBun, pinnedBun, versionOf } from "./bun-binary.mjs";

const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const oldest = engines.bun.replace(/^>=/, "");

if (process.versions.bun !== undefined && isNewEnough(process.versions.bun)) {
  const { main } = await import("./main.ts");
  process.exit(await main(process.argv.slice(2)));
}
const bun = pinnedBun() ?? (isNewEnough(versionOf("bun")) ? "bun" : undefined);
if (bun === undefined) {
  process.stderr.write(
    `emu: no Bun ${oldest} or newer for ${process.platform} ${process.arch}, neither in this package's ` +
      "optional dependencies nor on the PATH (install it from https://bun.com)\n",
  );
  process.exit(69);
}
becomeBun(bun, [fileURLToPath(new URL("main.ts", import.meta.url)), ...process.argv.slice(2)]);

/** Returns true if `version`, three numbers, is at least `oldest`. */
function isNewEnough(version) {
  if (version === undefined) return false;
  const [have, want] = [version, oldest].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  const place = [0, 1, 2].find((i) => have[i] !== want[i]);
  return place === undefined || have[place] > want[place];
}
