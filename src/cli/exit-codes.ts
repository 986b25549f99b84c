import { InputError, type InputErrorKind } from "../emu/input-error.ts";
import { OutputClosed } from "../io/files/stdout.ts";
import { printable } from "../io/files/text.ts";

/** Exit codes of every command. 64 to 78 are from BSD's sysexits.h. */
export const EXIT_OK = 0;
/** The command worked and the result is negative: a test failed, or two machines differ. */
export const EXIT_NEGATIVE = 1;
export const EXIT_USAGE = 2;
/** Some tests have no verdict, since no worker of a farm ran them; also for a merged report of such a run. */
export const EXIT_INCOMPLETE = 3;
const EXIT_BAD_DATA = 65;
const EXIT_NO_INPUT = 66;
export const EXIT_UNAVAILABLE = 69;
/** A bug in emu. */
export const EXIT_BUG = 70;
export const EXIT_IO = 74;
export const EXIT_INTERRUPTED = 130;

const CODE_OF_KIND: Readonly<Record<InputErrorKind, number>> = {
  usage: EXIT_USAGE,
  data: EXIT_BAD_DATA,
  missing: EXIT_NO_INPUT,
  unavailable: EXIT_UNAVAILABLE,
  io: EXIT_IO,
};

/** The user interrupted the command. By the time this is thrown, unfinished work is undone. */
export class Interrupted extends Error {}

const MAX_LINE_CHARACTERS = 1000;

/**
 * Returns what to print on standard error for a thrown value, and the exit code. Bad input gives one line
 * without a stack trace. Anything else is a bug in emu and includes the stack trace.
 */
export function explain(error: unknown): { readonly exitCode: number; readonly message: string } {
  if (error instanceof InputError) {
    return { exitCode: CODE_OF_KIND[error.kind], message: `emu: ${oneLine(error)}` };
  }
  if (error instanceof Interrupted) return { exitCode: EXIT_INTERRUPTED, message: "" };
  // The reader closed the pipe early, as `head` does. That is not a failure.
  if (error instanceof OutputClosed) return { exitCode: EXIT_OK, message: "" };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const system = `bun ${Bun.version}, ${process.platform} ${process.arch}`;
  return { exitCode: EXIT_BUG, message: `emu: this is a bug in emu, please report it (${system})\n${stack}` };
}

/** Formats an input error as "where: what (remedy)", without control characters. */
export function oneLine(error: InputError): string {
  const where = error.where === "" ? "" : `${error.where}: `;
  const remedy = error.remedy === "" ? "" : ` (${error.remedy})`;
  return printable(`${where}${error.message}${remedy}`, MAX_LINE_CHARACTERS);
}
