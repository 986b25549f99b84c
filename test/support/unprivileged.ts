/** An id that owns nothing. Modes of files mean nothing to root, as whom tests run in containers. */
const NOBODY = "65534";

/** True if a command can be run to which the modes of files mean something. */
export const CAN_BE_UNPRIVILEGED: boolean =
  process.platform !== "win32" && (process.getuid?.() !== 0 || Bun.which("setpriv") !== null);

/** The command as somebody who is not root. */
export function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  return ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--", ...command];
}
