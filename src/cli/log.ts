import type { Command } from "commander";
import { InputError } from "../emu/input-error.ts";
import { type Log, NO_LOG } from "../io/shared/log.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const DEFAULT_LOG_LEVEL: LogLevel = "warn";

/** The program's log. It says nothing unless --log-level or --log-file is given. */
export let log: Log = NO_LOG;

/** Lines for standard error that wait until the terminal no longer shows a game; undefined while none does. */
let held: string[] | undefined;

const standardError = {
  write(line: string): void {
    if (held === undefined) process.stderr.write(line);
    else held.push(line);
  },
};

/** Keeps lines for standard error back while `action` runs: they would be lost in the picture. */
export async function holdingLog<T>(action: () => Promise<T>): Promise<T> {
  held = [];
  try {
    return await action();
  } finally {
    const lines = held.join("");
    held = undefined;
    process.stderr.write(lines);
  }
}

/** Opens the log that a command's --log-level and --log-file ask for; by default there is none. */
export async function startLog(command: Command): Promise<void> {
  const { logLevel, logFile } = command.opts<{ logLevel: LogLevel; logFile?: string }>();
  if (command.getOptionValueSource("logLevel") === "default" && logFile === undefined) return;
  log = await openLog(logLevel, logFile);
  log.info({ argv: process.argv.slice(2), bun: Bun.version, platform: process.platform }, "started");
}

/**
 * A log of JSON lines, to `file` or standard error (never standard output, which is the screen or the
 * result). Lines are written at once: what was logged before a crash is there. Throws `InputError` ("io")
 * when the file cannot be opened.
 */
async function openLog(level: LogLevel, file?: string): Promise<Log> {
  // Loading it takes longer than most commands.
  const { pino } = await import("pino");
  try {
    const destination =
      file === undefined
        ? standardError
        : pino.destination({ dest: file, append: true, mkdir: true, sync: true });
    const logger: Log = pino({ level, base: null }, destination);
    return logger;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError("io", `the log cannot be opened: ${reason}`, file ?? "standard error");
  }
}
