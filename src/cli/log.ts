import pino, { type Logger } from "pino";
import { InputError } from "../emu/input-error.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  /** Default "warn". */
  readonly level?: LogLevel;
  /** Default: standard error. Never standard output, which is the screen or the result. */
  readonly file?: string;
}

/**
 * A logger that writes JSON lines at once: what was logged before a crash is there. Throws `InputError`
 * ("io") when the file cannot be opened.
 */
export function createLogger(options: LogOptions = {}): Logger {
  const { level = "warn", file } = options;
  try {
    const destination = pino.destination({ dest: file ?? 2, append: true, mkdir: true, sync: true });
    return pino({ level, base: null }, destination);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError("io", `the log cannot be opened: ${reason}`, file ?? "stderr");
  }
}
