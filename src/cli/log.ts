import type { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { withoutPassword } from "../io/conform/farm/address.ts";
import { writeError } from "../io/files/write-target.ts";
import { type Log, type LogRoot, NO_LOG, NO_LOG_ROOT } from "../io/shared/log.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const DEFAULT_LOG_LEVEL: LogLevel = "warn";

/** Where the logs of all parts come from. Every line is dropped unless --log-level or --log-file is given. */
export let logRoot: LogRoot = NO_LOG_ROOT;
/** The log of the command line itself. */
export let log: Log = NO_LOG;

/** Log lines held back while the terminal shows a game; undefined while it shows none. */
let held: string[] | undefined;

const standardError = {
  write(line: string): void {
    if (held === undefined) process.stderr.write(line);
    else held.push(line);
  },
};

/** Holds back log lines for standard error while `action` runs. The game's picture would overwrite them. */
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

/** Opens the log that --log-level and --log-file select. Without these options there is no log. */
export async function startLog(command: Command): Promise<void> {
  const { logLevel, logFile } = command.opts<{ logLevel: LogLevel; logFile?: string }>();
  if (command.getOptionValueSource("logLevel") === "default" && logFile === undefined) return;
  logRoot = await openLog(logLevel, logFile);
  log = logRoot.child({ scope: "cli" });
  log.info(
    {
      version: manifest.version,
      argv: withoutSecrets(process.argv.slice(2)),
      bun: Bun.version,
      platform: process.platform,
    },
    "started",
  );
}

/** The arguments without the token and passwords in addresses: logs are attached to bug reports. */
function withoutSecrets(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    if (argv[index - 1] === "--token") return "(secret)";
    if (argument.startsWith("--token=")) return "--token=(secret)";
    return argument.replace(/redis[a-z+]*:\/\/.*/s, withoutPassword);
  });
}

/**
 * Opens a log of JSON lines that writes to `file` or standard error, never to standard output, which is the
 * screen or the result. Each line is written synchronously, so that a crash loses none. Throws `InputError`
 * ("io") when the file cannot be opened.
 */
async function openLog(level: LogLevel, file?: string): Promise<LogRoot> {
  // Loading pino takes longer than most commands run.
  const { pino } = await import("pino");
  try {
    const destination =
      file === undefined
        ? standardError
        : pino.destination({ dest: file, append: true, mkdir: true, sync: true });
    const logger: LogRoot = pino({ level, base: null }, destination);
    return logger;
  } catch (error) {
    throw writeError(error, file ?? "standard error");
  }
}
