#!/usr/bin/env node
/**
 * Sets the project up and runs a Bun command in its folder: `node src/cli/bootstrap.mjs <bun arguments>`.
 *
 * The package scripts start here because this file needs nothing but Node, or a Bun that stands in for
 * it. The pinned Bun is an optional dependency, `@oven/bun-*` of this platform. bun.lock decides every
 * version, also where npm did the download.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { becomeBun, pinnedBun } from "./bun-binary.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const modules = join(root, "node_modules");
const stampFile = join(modules, ".emu-set-up");

const stamp = createHash("sha256");
for (const name of ["package.json", "bun.lock"]) stamp.update(readFileSync(join(root, name)));
const wanted = stamp.digest("hex");
const found = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
if (found !== wanted || pinnedBun() === undefined) setUp();
run(pinnedBun() ?? process.execPath, process.argv.slice(2));

/** Installs the dependencies with whichever of npm and Bun started this, then pins them to bun.lock. */
function setUp() {
  process.stderr.write("emu: installing dependencies (once)…\n");
  const startedByBun =
    process.versions.bun !== undefined || /^bun\//.test(process.env.npm_config_user_agent ?? "");
  if (!startedByBun) npmInstall();
  const bun = pinnedBun() ?? (process.versions.bun ? process.execPath : (process.env.npm_execpath ?? "bun"));
  must(spawnSync(bun, ["install", "--frozen-lockfile"], quiet()));
  writeFileSync(stampFile, wanted);
}

function npmInstall() {
  const argv = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  argv.push("--loglevel=error");
  const npm = process.env.npm_execpath;
  // npm names its own script; without it (this file called directly) the one on the PATH is asked.
  if (npm?.endsWith("js")) must(spawnSync(process.execPath, [npm, ...argv], quiet()));
  else must(spawnSync("npm", argv, { ...quiet(), shell: process.platform === "win32" }));
}

/** stdout belongs to the program that is started afterwards: installers write to stderr. */
function quiet() {
  return { cwd: root, stdio: ["ignore", 2, 2] };
}

function must(result) {
  if (result.status === 0) return;
  process.stderr.write(
    `emu: the dependencies could not be installed: ${result.error?.message ?? "see above"}\n`,
  );
  process.exit(69);
}

/** Runs the pinned Bun here. Whatever it starts as `bun` gets the same one. */
function run(bun, argv) {
  const key = Object.keys(process.env).find((name) => /^path$/i.test(name)) ?? "PATH";
  const env = { ...process.env, [key]: [dirname(bun), process.env[key]].join(delimiter) };
  becomeBun(bun, argv, { cwd: root, env });
}
