import { InputError } from "../../emu/input-error.ts";
import type { ErrorReport } from "./messages.ts";

/** Turns anything thrown into data that can be posted to another thread. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof InputError) {
    const { kind, where, remedy } = error;
    return { message: error.message, stack: "", input: { kind, where, remedy } };
  }
  if (error instanceof Error) return { message: `${error.name}: ${error.message}`, stack: error.stack ?? "" };
  return { message: String(error), stack: "" };
}

/** The reverse: bad input becomes an `InputError` again, anything else a plain `Error`. */
export function errorFromReport(report: ErrorReport): Error {
  if (report.input !== undefined)
    return new InputError(report.input.kind, report.message, report.input.where, report.input.remedy);
  const error = new Error(report.message);
  if (report.stack !== "") error.stack = report.stack;
  return error;
}
