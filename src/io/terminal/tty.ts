import { writeSync } from "node:fs";
import { EscapeBuffer, type Token } from "../input/escape-buffer.ts";
import { KITTY_KEYBOARD_FLAGS } from "../input/keys.ts";
import { MOUSE_OFF, MOUSE_ON } from "../input/mouse.ts";
import { savedModes, TerminalGuard } from "./guard.ts";
import { enterSequence, leaveSequence } from "./sequences.ts";

const STDOUT = 1;
/**
 * A lone ESC is the Escape key if nothing follows for this long; over ssh a sequence may be split. tmux
 * passes on the outer terminal's replies as if they were typed, in pieces on a busy machine.
 */
const ESCAPE_TIMEOUT_MS: number = process.env.TMUX ? 100 : 25;

/** Writes to the terminal at once. A terminal that is gone is not an error. */
export function writeTerminal(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(STDOUT, bytes, at);
  } catch {
    // EIO: the window was closed, and with it everything that would be restored.
  }
}

/**
 * The main thread's side of the terminal: reads raw keys, takes over its modes and screen and gives them
 * back. The presenter thread writes the picture; it must be stopped before `leave` is called.
 */
export class Terminal {
  /** Receives every token: keys and reports. */
  onToken: (token: Token) => void = () => {};
  /** Called when the other side has closed: no more keys will come. */
  onEnd: () => void = () => {};
  readonly #tokens = new EscapeBuffer((token) => this.onToken(token));
  #guard: TerminalGuard | undefined;
  #escapeTimer: ReturnType<typeof setTimeout> | undefined;
  #isEntered = false;
  #restoreAlso = "";
  /** True if the terminal reports its mouse. Change it only while the terminal is given back. */
  reportsMouse: boolean;

  /** `reportsMouse`: the terminal reports its mouse, as tokens. */
  constructor(reportsMouse = false) {
    this.reportsMouse = reportsMouse;
  }

  readonly #onData = (bytes: Uint8Array): void => {
    clearTimeout(this.#escapeTimer);
    this.#tokens.feed(bytes);
    if (this.#tokens.isKeyPending)
      this.#escapeTimer = setTimeout(() => this.#readOnceMore(), ESCAPE_TIMEOUT_MS);
  };

  /**
   * Flushes after the event loop has read the terminal again. If this process did not run for some time, the
   * rest of the sequence has come, but the timer fires before it is read.
   */
  #readOnceMore(): void {
    this.#escapeTimer = setTimeout(() => this.#tokens.flush(), 1);
  }

  readonly #onEnd = (): void => this.onEnd();

  /** Sets what else leaving must restore: the palette, once its old colours are known. */
  setRestore(sequence: string): void {
    this.#restoreAlso = sequence;
    this.#guard?.setRestoreSequence(leaveSequence(true, MOUSE_OFF + sequence));
  }

  /**
   * Sets raw mode and the alternate screen, and starts a guard that restores both if this process is killed.
   */
  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#guard = new TerminalGuard(savedModes(), leaveSequence(true, MOUSE_OFF + this.#restoreAlso));
    process.stdin.setRawMode(true);
    process.stdin.on("data", this.#onData);
    process.stdin.on("end", this.#onEnd);
    process.stdin.on("error", this.#onEnd);
    process.stdin.resume();
    writeTerminal(enterSequence(KITTY_KEYBOARD_FLAGS) + (this.reportsMouse ? MOUSE_ON : ""));
  }

  /**
   * Gives the terminal back as it was. `isStuck`: our own write might never return, because the presenter's
   * has not. The guard then restores the screen as soon as the terminal accepts bytes again.
   * Resolves when the terminal is restored, or has accepted no bytes for some time.
   */
  async leave(isStuck = false): Promise<void> {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    clearTimeout(this.#escapeTimer);
    process.stdin.off("data", this.#onData);
    process.stdin.off("end", this.#onEnd);
    process.stdin.off("error", this.#onEnd);
    process.stdin.pause();
    if (!isStuck) writeTerminal(leaveSequence(false, MOUSE_OFF + this.#restoreAlso));
    try {
      process.stdin.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
    const guard = this.#guard;
    this.#guard = undefined;
    if (isStuck) await guard?.restore();
    else guard?.release();
  }
}

/**
 * Stops this process group as Ctrl-Z does, with everything else in the shell's job, and returns when it
 * continues. The terminal must have been left before. Handlers of SIGTSTP and SIGCONT run afterwards, and
 * must know that this stop was ours.
 */
export function stopProcess(): void {
  try {
    process.kill(0, "SIGTSTP");
  } catch {
    // The group may be gone; our own stop below still works.
  }
  process.kill(process.pid, "SIGSTOP");
}
