import type { FileSink, Subprocess } from "bun";
import { SHARED_MEMORY_PREFIX } from "../render/pixels/kitty-shared-memory.ts";

/** A terminal that accepts no bytes for this long is restored later, perhaps after the end of the program. */
const RESTORE_MS = 2000;

/**
 * Reads words from its standard input. "ok" means that all is well. "screen" brings a new sequence that
 * restores the screen. "restore", or the end of the input when emu was killed, makes it restore the
 * terminal's modes and screen and remove pictures that the terminal has not read. It ignores signals that go
 * to the whole process group, and those that a background process gets for touching the terminal.
 */
const SCRIPT = `trap '' INT QUIT TSTP TTIN TTOU HUP TERM
screen=$2
while read -r word rest; do
  case $word in
    ok) exit ;;
    screen) screen=$rest ;;
    *) break ;;
  esac
done
[ -n "$1" ] && stty "$1" <&1
printf '%b' "$screen" >&1
rm -f "$3"*`;

function printfEscaped(text: string): string {
  let escaped = "";
  for (const character of text) escaped += `\\0${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  return escaped;
}

/** The terminal's modes in the format that `stty` accepts; empty if there is no `stty`. */
export function savedModes(): string {
  try {
    const { exitCode, stdout } = Bun.spawnSync(["stty", "-g"], { stdin: "inherit", stderr: "ignore" });
    return exitCode === 0 ? stdout.toString().trim() : "";
  } catch {
    return "";
  }
}

/**
 * A child process that restores the terminal if this process ends without doing so: by SIGKILL, by a crash,
 * or killed while its main thread hangs. The terminal is its standard output.
 */
export class TerminalGuard {
  readonly #child: Subprocess<"pipe", "inherit", "ignore"> | undefined;

  /** `modes` is what `savedModes` returned before the terminal's modes were changed. */
  constructor(modes: string, restoreSequence: string) {
    try {
      this.#child = Bun.spawn(
        ["sh", "-c", SCRIPT, "sh", modes, printfEscaped(restoreSequence), SHARED_MEMORY_PREFIX],
        {
          stdin: "pipe",
          stdout: "inherit",
          stderr: "ignore",
        },
      );
      this.#child.unref();
    } catch {
      // No shell here (Windows): only the ordinary handlers restore the terminal.
    }
  }

  /** Sets the sequence that restores the screen. */
  setRestoreSequence(sequence: string): void {
    // `read -r` keeps backslashes, so printf gets the same text as from an argument.
    this.#say(`screen ${printfEscaped(sequence)}\n`, false);
  }

  /** Tells the child that the terminal has been restored: it ends without changing the terminal. */
  release(): void {
    this.#say("ok\n", true);
  }

  /**
   * Lets the child restore the terminal, because our own write might never return. Resolves when it has done
   * so, and output can follow; or after some time, if the terminal accepts no bytes.
   */
  async restore(): Promise<void> {
    this.#say("restore\n", true);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, RESTORE_MS);
    await Promise.race([this.#child?.exited, late.promise]);
    clearTimeout(timer);
  }

  #say(word: string, isLast: boolean): void {
    const input: FileSink | undefined = this.#child?.stdin;
    try {
      input?.write(word);
      if (isLast) input?.end();
      else void input?.flush();
    } catch {
      // The child is gone; no program could show the error.
    }
  }
}
