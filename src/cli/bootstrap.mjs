#!/usr/bin/env node
/**
 * Sets the project up and runs a Bun command in its folder: `node src/cli/bootstrap.mjs <bun arguments>`.
 *
 * The package scripts start here because this file needs nothing but Node, or a Bun that stands in for
 * it. The pinned Bun is a development dependency; its binary is called where its platform package has
 * it, so that no install script has to run (npm may block them). bun.lock decides every version,
 * also where npm did the download.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const modules = join(root, "node_modules");
const PLACEHOLDER_BYTES_MAX = 1_000_000;
const stampFile = join(modules, ".emu-set-up");

const stamp = createHash("sha256");
for (const name of ["package.json", "bun.lock"]) stamp.update(readFileSync(join(root, name)));
const wanted = stamp.digest("hex");
const found = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
if (found !== wanted || pinnedBun() === undefined) setUp();
run(pinnedBun() ?? process.execPath, process.argv.slice(2));

/** The installed Bun binary that runs on this machine; undefined when there is none. */
function pinnedBun() {
  const scope = join(modules, "@oven");
  const platformPackages = existsSync(scope) ? readdirSync(scope).map((name) => join(scope, name)) : [];
  const name = process.platform === "win32" ? "bun.exe" : "bun";
  // Where install scripts ran, the binary was moved to the package `bun`; else a small text stands there.
  const candidates = [
    join(modules, "bun", "bin", "bun.exe"),
    ...platformPackages.map((folder) => join(folder, "bin", name)),
  ].filter((path) => existsSync(path) && statSync(path).size > PLACEHOLDER_BYTES_MAX);
  if (candidates.length <= 1) return candidates[0];
  // A Linux machine may have got the glibc and the musl build: only one of them starts.
  return candidates.find((path) => spawnSync(path, ["--version"]).status === 0);
}

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

/** Runs Bun in this process's place: same terminal, same signals, same exit status. */
function run(bun, argv) {
  // Whatever starts `bun` by name gets this one: npm has put a stand-in first where install scripts are off.
  const key = Object.keys(process.env).find((name) => /^path$/i.test(name)) ?? "PATH";
  const env = { ...process.env, [key]: [dirname(bun), process.env[key]].join(delimiter) };
  const child = spawn(bun, argv, { cwd: root, stdio: "inherit", env });
  // The terminal sends its signals to the whole group: the child decides what becomes of them.
  for (const name of ["SIGINT", "SIGQUIT"]) process.on(name, () => {});
  for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("error", (error) => {
    process.stderr.write(`emu: ${bun}: ${error.message}\n`);
    process.exit(69);
  });
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}
