/**
 * A program in a pseudo terminal that is its controlling terminal. The class acts as the user and the
 * terminal.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

export interface PtyOptions {
  readonly columns?: number;
  readonly rows?: number;
  /**
   * Added to this process's variables. By default the program has no settings, saves or played games, and no
   * sound server: its XDG folders are empty and are removed at the end.
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * The terminal's reply to DA1, in one piece; empty for a terminal that does not reply. Default: a plain
   * VT220.
   */
  readonly answers?: string;
}

const QUERY_ATTRIBUTES = "\x1b[c";
const POLL_MS = 10;

/** Linux only: the flags of a pty cannot be read elsewhere, and `setsid -c` comes with util-linux. */
export const HAS_PTY: boolean = process.platform === "linux" && Bun.which("setsid") !== null;

export class Pty implements AsyncDisposable {
  /** Everything that the program has written. */
  output = "";
  readonly process: Subprocess;
  /** Modes of the terminal before the program started. */
  readonly modesBefore: readonly number[];
  readonly #terminal: Bun.Terminal;
  readonly #home: string = mkdtempSync(join(tmpdir(), "emu-test-home-"));

  constructor(command: readonly string[], options: PtyOptions = {}) {
    const { columns = 80, rows = 24, answers = "\x1b[?62;22c" } = options;
    const decoder = new TextDecoder();
    // The last characters of what came before, so that the long output is not searched again and again.
    let tail = "";
    this.#terminal = new Bun.Terminal({
      cols: columns,
      rows,
      data: (terminal, data) => {
        const text = decoder.decode(data, { stream: true });
        this.output += text;
        const parts = (tail + text).split(QUERY_ATTRIBUTES);
        for (let query = 1; query < parts.length; query++) terminal.write(answers);
        tail = parts.at(-1)!.slice(1 - QUERY_ATTRIBUTES.length);
      },
    });
    this.modesBefore = this.modes;
    // Pictures have 24-bit colour, whatever terminal the tests run in.
    this.process = Bun.spawn(["setsid", "-c", ...command], {
      terminal: this.#terminal,
      env: { ...process.env, ...foldersIn(this.#home), COLORTERM: "truecolor", ...options.env },
    });
  }

  /** The terminal's input, output, control and local modes. */
  get modes(): readonly number[] {
    const { inputFlags, outputFlags, controlFlags, localFlags } = this.#terminal;
    return [inputFlags, outputFlags, controlFlags, localFlags];
  }

  /** Types keys. */
  type(text: string): void {
    this.#terminal.write(text);
  }

  /** Closes the terminal, like closing its window. */
  hangUp(): void {
    this.#terminal.close();
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  /** Resolves when the output after `from` contains `text`; rejects at the time limit. */
  async waitFor(text: string, from = 0, timeoutMs = 50_000): Promise<void> {
    await this.waitUntil(() => this.output.includes(text, from), JSON.stringify(text), timeoutMs);
  }

  /** Resolves when `condition` is true; rejects at the time limit with `what`. */
  async waitUntil(condition: () => boolean, what: string, timeoutMs = 50_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!condition()) {
      if (performance.now() > deadline)
        throw new Error(
          `no ${what} after ${timeoutMs} ms; the end is ${JSON.stringify(this.output.slice(-300))}`,
        );
      await Bun.sleep(POLL_MS);
    }
  }

  /**
   * Resolves when the program has ended and its output has been read, with the exit code or the signal's
   * name.
   */
  async end(): Promise<number | string> {
    await this.process.exited;
    await Bun.sleep(2 * POLL_MS);
    return this.process.signalCode ?? this.process.exitCode ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGKILL");
    await this.process.exited;
    this.#terminal.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** PulseAudio's library makes a folder in XDG_RUNTIME_DIR, or in the one for temporary files. */
function foldersIn(home: string): Record<string, string> {
  const names = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"];
  return Object.fromEntries(names.map((name) => [name, home]));
}

/** Changes to the terminal that a program has not undone: all zero or empty if it has restored everything. */
export interface Leftovers {
  readonly alternateScreen: number;
  readonly hiddenCursor: number;
  readonly wrapOff: number;
  readonly focusReports: number;
  readonly bracketedPaste: number;
  readonly keyboardFlags: number;
  readonly mouse: number;
  readonly heldOutput: number;
  readonly palette: number;
}

/** Follows the modes in a program's output. */
export function leftovers(output: string): Leftovers {
  const isLast = (set: string, reset: string) =>
    output.lastIndexOf(set) > output.lastIndexOf(reset) ? 1 : 0;
  const pushes = output.split(/\[>\d+u/).length - 1;
  // Pictures define colours with two digits per component; the restoring sequences have the terminal's four.
  const lastUpload = Math.max(
    -1,
    ...[...output.matchAll(/\]4;(?!79;)\d+;rgb:[0-9a-f]{2}\//g)].map(({ index }) => index),
  );
  const pops = output.split("\x1b[<u").length - 1;
  return {
    alternateScreen: isLast("\x1b[?1049h", "\x1b[?1049l"),
    hiddenCursor: isLast("\x1b[?25l", "\x1b[?25h"),
    wrapOff: isLast("\x1b[?7l", "\x1b[?7h"),
    focusReports: isLast("\x1b[?1004h", "\x1b[?1004l"),
    bracketedPaste: isLast("\x1b[?2004h", "\x1b[?2004l"),
    keyboardFlags: pushes - pops,
    mouse: isLast("\x1b[?1000h", "\x1b[?1000l") + isLast("\x1b[?1003h", "\x1b[?1003l"),
    heldOutput: isLast("\x1b[?2026h", "\x1b[?2026l"),
    palette: lastUpload > output.lastIndexOf("\x1b]104;16;") ? 1 : 0,
  };
}

export const NOTHING_LEFT: Leftovers = {
  alternateScreen: 0,
  hiddenCursor: 0,
  wrapOff: 0,
  focusReports: 0,
  bracketedPaste: 0,
  keyboardFlags: 0,
  mouse: 0,
  heldOutput: 0,
  palette: 0,
};
