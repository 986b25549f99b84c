import type { FileSink, Subprocess } from "bun";

/**
 * Waits for a word from its standard input. "ok" means that all is well; the end of the input without
 * it means that emu was killed, and then the terminal's modes and screen are restored. The signals that
 * reach the whole process group, or that a background process gets for touching the terminal, do not
 * concern it.
 */
const SCRIPT = `trap '' INT QUIT TSTP TTIN TTOU HUP TERM
read -r word
[ "$word" = ok ] && exit
[ -n "$1" ] && stty "$1" <&1
printf '%b' "$2" >&1`;

function printfEscaped(text: string): string {
  let escaped = "";
  for (const character of text) escaped += `\\0${character.charCodeAt(0).toString(8).padStart(3, "0")}`;
  return escaped;
}

/** The terminal's modes in the form that `stty` takes back; empty where there is no `stty`. */
export function savedModes(): string {
  try {
    const { exitCode, stdout } = Bun.spawnSync(["stty", "-g"], { stdin: "inherit", stderr: "ignore" });
    return exitCode === 0 ? stdout.toString().trim() : "";
  } catch {
    return "";
  }
}

/**
 * A child process that restores the terminal when this process dies without doing so: by SIGKILL, by a
 * crash, or killed while its main thread hangs. It shares the terminal as its standard output.
 */
export class TerminalGuard {
  readonly #child: Subprocess<"pipe", "inherit", "ignore"> | undefined;

  /** `modes` is what `savedModes` gave before the terminal's modes were changed. */
  constructor(modes: string, restoreSequence: string) {
    try {
      this.#child = Bun.spawn(["sh", "-c", SCRIPT, "sh", modes, printfEscaped(restoreSequence)], {
        stdin: "pipe",
        stdout: "inherit",
        stderr: "ignore",
      });
      this.#child.unref();
    } catch {
      // No shell here (Windows): the terminal is restored by ordinary handlers alone.
    }
  }

  /** The terminal is restored already: the child ends and leaves it alone. */
  release(): void {
    this.#say("ok\n");
  }

  /** Lets the child restore the terminal in our place: our own write might never return. */
  restore(): void {
    this.#say("restore\n");
  }

  #say(word: string): void {
    const input: FileSink | undefined = this.#child?.stdin;
    try {
      input?.write(word);
      input?.end();
    } catch {
      // The child is gone; nobody is left to be told.
    }
  }
}
