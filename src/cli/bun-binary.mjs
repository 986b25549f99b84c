/**
 * Finds the Bun binary of this installation and replaces this process with it. This is plain JavaScript for
 * Node: the launcher and the set-up script import it before there is a Bun that could read TypeScript.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { isAbsolute, join } from "node:path";

const SYSTEMS = { darwin: "darwin", linux: "linux", android: "linux", freebsd: "freebsd", win32: "windows" };
const CPUS = { x64: "x64", arm64: "aarch64" };
const EXIT_UNAVAILABLE = 69;

/**
 * Returns the absolute path of the Bun binary that package.json pins; undefined if it is not installed. It
 * comes from the platform packages `@oven/bun-*`. Unlike the package `bun`, they have no install script.
 */
export function pinnedBun() {
  const require = createRequire(import.meta.url);
  const name = `@oven/bun-${SYSTEMS[process.platform]}-${CPUS[process.arch]}`;
  const candidates = ["", "-musl", "-android"]
    .map((suffix) => binaryOf(require, name + suffix))
    .filter((path) => path !== undefined);
  if (candidates.length <= 1) return candidates[0];
  // A Linux machine may have both the glibc and the musl build. Only one of them starts.
  return candidates.find((path) => versionOf(path) !== undefined);
}

function binaryOf(require, packageName) {
  try {
    const folder = join(require.resolve(`${packageName}/package.json`), "..", "bin");
    return ["bun", "bun.exe"].map((name) => join(folder, name)).find((path) => existsSync(path));
  } catch {
    return undefined;
  }
}

/** Returns the version of a Bun binary (a path, or a name on the PATH); undefined if it does not start. */
export function versionOf(bun) {
  const { status, stdout } = spawnSync(bun, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Runs Bun in place of this process, with the same terminal, signals and exit status. Node 22.15 and later
 * replaces its own process with execve, so that killing the process id that a shell knows kills the game.
 */
export function becomeBun(bun, argv, { cwd = process.cwd(), env = process.env } = {}) {
  if (isAbsolute(bun) && process.platform !== "win32" && process.execve !== undefined) {
    process.chdir(cwd);
    process.execve(bun, [bun, ...argv], env);
  }
  const child = spawn(bun, argv, { cwd, env, stdio: "inherit" });
  // The terminal sends its signals to the whole process group. The child handles them.
  for (const name of ["SIGINT", "SIGQUIT"]) process.on(name, () => {});
  for (const name of ["SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("error", (error) => {
    process.stderr.write(`emu: ${bun}: ${error.message}\n`);
    process.exit(EXIT_UNAVAILABLE);
  });
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}
