import { relative } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { startError } from "../files/command-line.ts";
import { shortList } from "../files/text.ts";
import { ProjectWatcher } from "./project-watcher.ts";

/** How the tests of a project are run. */
export interface ProjectTestOptions {
  readonly cwd: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** A program that runs before the tests, such as `make`. */
  readonly build?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Reports progress to the user. */
  say(text: string): void;
}

/** Shown of the files that have changed. */
const MAX_NAMES = 3;

/** Builds the game and runs its tests once. Returns the exit code of the one that failed, or 0. */
export async function runProjectTests(options: ProjectTestOptions, signal: AbortSignal): Promise<number> {
  const { code, text, isBuilt } = await buildAndTest(options, signal);
  // The runner of the tests prints its own verdict.
  if (!isBuilt && !signal.aborted) options.say(text);
  return code;
}

/** The exit code of the build, if it fails, or else of the tests, and a sentence about it. */
async function buildAndTest(
  options: ProjectTestOptions,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly text: string; readonly isBuilt: boolean }> {
  const { build, command } = options;
  const built = build === undefined ? 0 : await runProgram(build, options, signal);
  if (built !== 0 || signal.aborted)
    return { code: built, text: `the build has failed with code ${built}`, isBuilt: false };
  const code = await runProgram(command, options, signal);
  return { code, text: `the tests have ${code === 0 ? "passed" : "failed"}`, isBuilt: true };
}

/**
 * Runs the tests again whenever a file of the project has changed, until `signal` fires. A run that has not
 * ended by then is ended. The ROM that `build` writes does not start them again.
 */
export async function watchProjectTests(options: ProjectTestOptions, signal: AbortSignal): Promise<void> {
  let next = Promise.withResolvers<void>();
  let current = new AbortController();
  const watcher = new ProjectWatcher(options.cwd, options.build === undefined, (changed) => {
    options.say(`changed: ${namesOf(changed, options.cwd)}`);
    current.abort();
    next.resolve();
  });
  signal.addEventListener("abort", () => {
    current.abort();
    next.resolve();
  });
  try {
    await watcher.ready;
    while (!signal.aborted) {
      next = Promise.withResolvers<void>();
      current = new AbortController();
      const { text } = await buildAndTest(options, current.signal);
      if (!current.signal.aborted) options.say(`${text}; watching for changes`);
      await next.promise;
    }
  } finally {
    watcher.close();
  }
}

async function runProgram(
  command: readonly string[],
  { cwd, env = {} }: ProjectTestOptions,
  signal: AbortSignal,
): Promise<number> {
  const [program = ""] = command;
  if (Bun.which(program, { cwd }) === null)
    throw new InputError("unavailable", "there is no such program", program);
  const child = startProgram(command, cwd, env);
  const end = (): void => child.kill();
  signal.addEventListener("abort", end);
  try {
    return await child.exited;
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function startProgram(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  try {
    return Bun.spawn([...command], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (error) {
    throw startError(error, command[0] ?? "", "unavailable");
  }
}

function namesOf(changed: readonly string[], cwd: string): string {
  const names = changed.map((path) => relative(cwd, path));
  return shortList(names, MAX_NAMES);
}
