import { writeSync } from "node:fs";
import { EscapeBuffer, type Token } from "../input/escape-buffer.ts";
import { KITTY_KEYBOARD_FLAGS } from "../input/keys.ts";
import { MOUSE_OFF, MOUSE_ON } from "../input/mouse.ts";
import { savedModes, TerminalGuard } from "./guard.ts";
import { enterSequence, leaveSequence } from "./sequences.ts";

const STDOUT = 1;
/**
 * A lone ESC is the Escape key when nothing follows for this long; over ssh a sequence may be split. tmux
 * hands on what the terminal around it answers as if it were typed, in pieces on a busy machine.
 */
const ESCAPE_TIMEOUT_MS: number = process.env.TMUX ? 100 : 25;

/** Writes to the terminal at once, whatever becomes of it: a terminal that has gone away is no error. */
export function writeTerminal(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at);
  } catch {
    // EIO: the window was closed. What would be restored is not there any more.
  }
}

/**
 * The terminal as main holds it: raw keys in, its modes and screen taken and given back. The picture is
 * written by the presenter thread; whoever calls `leave` has stopped that thread before.
 */
export class Terminal {
  /** Gets every token, keys and reports alike. */
  onToken: (token: Token) => void = () => {};
  /** The other side has closed: there will be no more keys. */
  onEnd: () => void = () => {};
  readonly #tokens = new EscapeBuffer((token) => this.onToken(token));
  #guard: TerminalGuard | undefined;
  #escapeTimer: ReturnType<typeof setTimeout> | undefined;
  #isEntered = false;
  #restoreAlso = "";
  readonly #mouseOn: string;
  readonly #mouseOff: string;

  /** `reportsMouse`: the terminal is asked for its mouse, and tells of it as tokens. */
  constructor(reportsMouse = false) {
    this.#mouseOn = reportsMouse ? MOUSE_ON : "";
    this.#mouseOff = reportsMouse ? MOUSE_OFF : "";
  }

  readonly #onData = (bytes: Uint8Array): void => {
    clearTimeout(this.#escapeTimer);
    this.#tokens.feed(bytes);
    if (this.#tokens.isEscapePending)
      this.#escapeTimer = setTimeout(() => this.#tokens.flush(), ESCAPE_TIMEOUT_MS);
  };

  readonly #onEnd = (): void => this.onEnd();

  /** What leaving has to restore besides: the palette, once it is known what it was. */
  setRestore(sequence: string): void {
    this.#restoreAlso = sequence;
    this.#guard?.setRestoreSequence(leaveSequence(true, this.#mouseOff + sequence));
  }

  /** Raw keys, the alternate screen, and a guard that restores both should we be killed. */
  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#guard = new TerminalGuard(savedModes(), leaveSequence(true, this.#mouseOff + this.#restoreAlso));
    process.stdin.setRawMode(true);
    process.stdin.on("data", this.#onData);
    process.stdin.on("end", this.#onEnd);
    process.stdin.on("error", this.#onEnd);
    process.stdin.resume();
    writeTerminal(enterSequence(KITTY_KEYBOARD_FLAGS) + this.#mouseOn);
  }

  /**
   * Gives the terminal back as it was. With `isStuck` our own write might never return, because the
   * presenter's has not: the guard then restores the screen as soon as the terminal takes bytes again.
   */
  leave(isStuck = false): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    clearTimeout(this.#escapeTimer);
    process.stdin.off("data", this.#onData);
    process.stdin.off("end", this.#onEnd);
    process.stdin.off("error", this.#onEnd);
    process.stdin.pause();
    if (!isStuck) writeTerminal(leaveSequence(false, this.#mouseOff + this.#restoreAlso));
    try {
      process.stdin.setRawMode(false);
    } catch {
      // The terminal has gone away.
    }
    if (isStuck) this.#guard?.restore();
    else this.#guard?.release();
    this.#guard = undefined;
  }
}

/**
 * Stops this process as Ctrl-Z does, with everything that the shell started beside it, and returns when
 * it goes on. The terminal must have been left before. Handlers of SIGTSTP and SIGCONT run afterwards,
 * and must know that this stop was ours.
 */
export function stopProcess(): void {
  try {
    process.kill(0, "SIGTSTP");
  } catch {
    // The group may be gone; our own stop below still counts.
  }
  process.kill(process.pid, "SIGSTOP");
}
