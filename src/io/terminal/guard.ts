import type { FileSink, Subprocess } from "bun";
import { SHARED_MEMORY_PREFIX } from "../render/kitty-shared-memory.ts";

/**
 * Reads words from its standard input. "ok" means that all is well; "screen" brings another sequence that
 * restores the screen; "restore" or the end of the input, which means that emu was killed, let it restore
 * the terminal's modes and screen, and remove pictures that it has not read. The signals that reach the whole process group, or that a background
 * process gets for touching the terminal, do not concern it.
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
      // No shell here (Windows): the terminal is restored by ordinary handlers alone.
    }
  }

  /** From now on this sequence restores the screen. */
  setRestoreSequence(sequence: string): void {
    // read takes backslashes as they are with -r, so that printf sees the same text as in an argument.
    this.#say(`screen ${printfEscaped(sequence)}\n`, false);
  }

  /** The terminal is restored already: the child ends and leaves it alone. */
  release(): void {
    this.#say("ok\n", true);
  }

  /** Lets the child restore the terminal in our place: our own write might never return. */
  restore(): void {
    this.#say("restore\n", true);
  }

  #say(word: string, isLast: boolean): void {
    const input: FileSink | undefined = this.#child?.stdin;
    try {
      input?.write(word);
      if (isLast) input?.end();
      else void input?.flush();
    } catch {
      // The child is gone; nobody is left to be told.
    }
  }
}
