/** Returns true if both ends are a terminal: the keyboard and the screen. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}
