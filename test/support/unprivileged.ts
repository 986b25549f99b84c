/** An id that owns nothing. File modes do not restrict root, as which tests run in containers. */
const NOBODY = "65534";

/** True if a command can be run that file modes restrict. */
export const CAN_BE_UNPRIVILEGED: boolean =
  process.platform !== "win32" && (process.getuid?.() !== 0 || Bun.which("setpriv") !== null);

/** The command, run as a user other than root. */
export function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--", ...command];
}
