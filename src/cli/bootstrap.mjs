#!/usr/bin/env node
/**
 * Installs the project's dependencies and runs a Bun command in its folder:
 * `node src/cli/bootstrap.mjs <bun arguments>`.
 *
 * The package scripts start with this file because it needs only Node, or Bun in its place. The pinned Bun
 * is an optional dependency, `@oven/bun-*` for this platform. bun.lock decides every version, even when npm
 * did the download.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { becomeBun, pinnedBun } from "./bun-binary.mjs";
import { runTold } from "./told-run.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const modules = join(root, "node_modules");
const stampFile = join(modules, ".emu-set-up");

const stamp = createHash("sha256");
for (const name of ["package.json", "bun.lock"]) stamp.update(readFileSync(join(root, name)));
const wanted = stamp.digest("hex");
const found = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
if (found !== wanted || pinnedBun() === undefined) await setUp();
run(pinnedBun() ?? process.execPath, process.argv.slice(2));

/** Installs the dependencies with npm or Bun, whichever started this script, then pins them to bun.lock. */
async function setUp() {
  process.stderr.write("emu: installing dependencies (once)…\n");
  const startedByBun =
    process.versions.bun !== undefined || /^bun\//.test(process.env.npm_config_user_agent ?? "");
  if (!startedByBun) await npmInstall();
  const bun = pinnedBun() ?? (process.versions.bun ? process.execPath : (process.env.npm_execpath ?? "bun"));
  await install(bun, ["install", "--frozen-lockfile"], quiet());
  writeFileSync(stampFile, wanted);
}

async function npmInstall() {
  const argv = ["install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  argv.push("--loglevel=error");
  const npm = process.env.npm_execpath;
  // npm gives the path of its own script. If this file was started directly, use the npm on the PATH.
  if (npm?.endsWith("js")) await install(process.execPath, [npm, ...argv], quiet());
  else await install("npm", argv, { ...quiet(), shell: process.platform === "win32" });
}

/** Sends the installers' output to stderr: stdout belongs to the program that is started afterwards. */
function quiet() {
  return { cwd: root, stdio: ["ignore", 2, 2] };
}

async function install(program, argv, options) {
  const tell = (seconds) => process.stderr.write(`emu: still installing, ${seconds} s\n`);
  const problem = await runTold(program, argv, options, tell);
  if (problem === undefined) return;
  process.stderr.write(`emu: cannot install the dependencies: ${problem}\n`);
  process.exit(69);
}

/** Runs the pinned Bun in place of this process, and puts it first on the PATH of its child processes. */
function run(bun, argv) {
  const key = Object.keys(process.env).find((name) => /^path$/i.test(name)) ?? "PATH";
  const env = { ...process.env, [key]: [dirname(bun), process.env[key]].join(delimiter) };
  becomeBun(bun, argv, { cwd: root, env });
}
