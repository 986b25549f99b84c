import type { ActionName, Bindings } from "../input/bindings.ts";
import type { Token } from "../input/escape-buffer.ts";
import { DEFAULT_HOLD_TIMES, HeldKeys } from "../input/held-keys.ts";
import { type KeyEvent, keyOf } from "../input/keys.ts";
import { openKeyState, type X11Keys } from "../input/x11-keys.ts";

/** What the player's keys do. */
export interface ControlTargets {
  /** Buttons held from now on: a byte a port. */
  setButtons(word: number): void;
  act(action: ActionName): void;
}

/** Turns the terminal's tokens into buttons and actions. */
export class Controls {
  readonly #bindings: Bindings;
  readonly #targets: ControlTargets;
  #held: HeldKeys;
  #keyState: X11Keys | undefined;
  #word = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(bindings: Bindings, targets: ControlTargets) {
    this.#bindings = bindings;
    this.#targets = targets;
    this.#held = new HeldKeys(bindings, DEFAULT_HOLD_TIMES);
  }

  /** Whether the terminal says when keys are let go; until this is known it is taken to be silent. */
  setReleaseEvents(hasReleases: boolean): void {
    if (!hasReleases) this.#keyState ??= openKeyState();
    const times = hasReleases ? undefined : DEFAULT_HOLD_TIMES;
    this.#held = new HeldKeys(this.#bindings, times, this.#keyState);
    this.#publish();
  }

  /** Lets go of everything for good. */
  close(): void {
    this.release();
    this.#keyState?.close();
  }

  /** Takes a token of the terminal. */
  handle(token: Token): void {
    if (token.kind === "csi" && token.text === "O") this.release();
    const key = keyOf(token);
    if (key !== undefined) this.#key(key);
  }

  /** Lets go of everything: the window has lost the focus, or the game stands still. */
  release(): void {
    this.#held.clear();
    this.#publish();
  }

  #key(event: KeyEvent): void {
    if (this.#held.handle(event, performance.now())) {
      this.#publish();
      return;
    }
    const binding = this.#bindings.find(event);
    if (binding?.kind === "action" && event.kind !== "release") this.#targets.act(binding.action);
  }

  #publish(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#held.expire(now);
    const word = this.#held.buttons;
    if (word !== this.#word) {
      this.#word = word;
      this.#targets.setButtons(word);
    }
    const next = this.#held.nextDeadlineMs;
    // Bun's timers cut to whole milliseconds: one more, or it would fire before the deadline.
    if (next !== undefined) this.#timer = setTimeout(() => this.#publish(), Math.max(1, next - now + 1));
  }
}
