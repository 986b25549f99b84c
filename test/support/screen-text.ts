import type { Pty } from "./pty.ts";
import { VirtualTerminal } from "./virtual-terminal.ts";

const CLEAR = "\x1b[2J";

/** The text that a program shows in its pty, one line per row, since it last cleared the screen. */
async function screenText(pty: Pty, columns = 80, rows = 24): Promise<string> {
  const terminal = new VirtualTerminal(columns, rows);
  await terminal.write(pty.output.slice(Math.max(0, pty.output.lastIndexOf(CLEAR))));
  return Array.from({ length: rows }, (_, row) => terminal.text(row)).join("\n");
}

/** The keys that move a menu from its first entry to another one on the screen. */
export function keysTo(shown: string, first: string, label: string): string {
  const lines = shown.split("\n");
  const rowOf = (text: string) => lines.findIndex((line) => line.includes(text));
  return "\x1b[B".repeat(rowOf(label) - rowOf(first));
}

/**
 * Resolves with the screen's text when it contains `text`; rejects at the time limit, which
 * is shorter than a test's, so that a failed test says what was on the screen.
 */
export async function waitForScreen(pty: Pty, text: string | RegExp, timeoutMs = 50_000): Promise<string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const shown = await screenText(pty);
    if (typeof text === "string" ? shown.includes(text) : text.test(shown)) return shown;
    if (performance.now() > deadline) throw new Error(`${text} is not on the screen:\n${shown}`);
    await Bun.sleep(50);
  }
}
