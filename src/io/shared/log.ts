/**
 * The log of one part of emu: the methods of pino that are used here. Messages are fixed texts, data are
 * fields.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The parts of emu that log. Each line names its part in `scope`. */
type LogScope =
  | "cli"
  | "renderer"
  | "audio"
  | "thread"
  | "serve"
  | "runtime"
  | "files"
  | "watch"
  | "record"
  | "netplay"
  | "core";

/** Creates the logs of the parts. A pino logger implements it. */
export interface LogRoot {
  child(fields: { readonly scope: LogScope }): Log;
}

const nothing = (): void => {};

/** Drops every line. */
export const NO_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Gives every part a log that drops its lines. */
export const NO_LOG_ROOT: LogRoot = { child: () => NO_LOG };

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** A log line of a worker thread, posted to the main thread, which writes it. */
export interface PostedLine {
  readonly type: "log";
  readonly level: (typeof LEVELS)[number];
  readonly fields: object;
  readonly message: string;
}

/** The log of a worker thread: each line goes through `post`, and its fields must be structured-cloneable. */
export function postedLog(post: (line: PostedLine) => void): Log {
  const poster =
    (level: PostedLine["level"]) =>
    (fields: object, message: string): void =>
      post({ type: "log", level, fields, message });
  return { debug: poster("debug"), info: poster("info"), warn: poster("warn"), error: poster("error") };
}

/** Writes a line that a worker thread has posted. */
export function writePosted(log: Log, { level, fields, message }: PostedLine): void {
  log[level](fields, message);
}
