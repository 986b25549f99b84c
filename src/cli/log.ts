import type { Command } from "commander";
import { InputError } from "../emu/input-error.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const DEFAULT_LOG_LEVEL: LogLevel = "warn";

/** What a logger can do here: a part of pino's. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** The program's log. It says nothing until `startLog` was asked for more. */
export let log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Opens the log that a command's --log-level and --log-file ask for; by default there is none. */
export async function startLog(command: Command): Promise<void> {
  const { logLevel, logFile } = command.opts<{ logLevel: LogLevel; logFile?: string }>();
  if (logLevel === DEFAULT_LOG_LEVEL && logFile === undefined) return;
  log = await openLog(logLevel, logFile);
  log.info({ argv: process.argv.slice(2), bun: Bun.version, platform: process.platform }, "started");
}

/**
 * A log of JSON lines, to `file` or standard error (never standard output, which is the screen or the
 * result). Lines are written at once: what was logged before a crash is there. Throws `InputError` ("io")
 * when the file cannot be opened.
 */
export async function openLog(level: LogLevel, file?: string): Promise<Log> {
  // Loading it takes longer than most commands.
  const { pino } = await import("pino");
  try {
    const destination = pino.destination({ dest: file ?? 2, append: true, mkdir: true, sync: true });
    const logger: Log = pino({ level, base: null }, destination);
    return logger;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError("io", `the log cannot be opened: ${reason}`, file ?? "standard error");
  }
}
