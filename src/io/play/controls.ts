import type { ActionName, Bindings, HoldName } from "../input/bindings.ts";
import { HOLDS } from "../input/bindings.ts";
import type { Token } from "../input/escape-buffer.ts";
import { DEFAULT_HOLD_TIMES, HeldKeys, NES_PORT_BITS } from "../input/held-keys.ts";
import { type KeyEvent, keyOf } from "../input/keys.ts";
import { type KeyState, openKeyState, type X11Keys } from "../input/x11-keys.ts";

/** Receives what the player's keys do. */
export interface ControlTargets {
  /** Sets the held and the turbo buttons from now on, one byte per port. */
  setButtons(word: number, turbo: number): void;
  /** A key with a hold was pressed or released. */
  hold?(name: HoldName, isHeld: boolean): void;
  act(action: ActionName): void;
  /** A key for a device that is not a controller. Returns true if a device used it. */
  deviceKey?(event: KeyEvent): boolean;
  /** All keys count as released. */
  released?(): void;
}

const HOLD_NAMES = Object.keys(HOLDS) as readonly HoldName[];

/** Turns the terminal's keys into buttons and actions. */
export class Controls {
  readonly #targets: ControlTargets;
  #bindings: Bindings;
  readonly #portBits: number;
  #hasReleases = false;
  #held: HeldKeys;
  #keyState: X11Keys | undefined;
  #word = 0;
  #turbo = 0;
  readonly #holding = new Set<HoldName>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Words of buttons have `portBits` bits per port. */
  constructor(bindings: Bindings, targets: ControlTargets, portBits = NES_PORT_BITS) {
    this.#portBits = portBits;
    this.#bindings = bindings;
    this.#targets = targets;
    this.#held = new HeldKeys(bindings, DEFAULT_HOLD_TIMES, undefined, portBits);
  }

  get hasReleases(): boolean {
    return this.#hasReleases;
  }

  /** What knows which keys are down in a terminal that does not report releases. */
  get keyState(): KeyState | undefined {
    return this.#keyState;
  }

  /** Sets whether the terminal reports key releases. Until this is known, it counts as not reporting them. */
  setReleaseEvents(hasReleases: boolean): void {
    if (!hasReleases) this.#keyState ??= openKeyState();
    this.#hasReleases = hasReleases;
    this.setBindings(this.#bindings);
  }

  /** Replaces the key bindings; held keys are released. */
  setBindings(bindings: Bindings): void {
    this.#bindings = bindings;
    const times = this.#hasReleases ? undefined : DEFAULT_HOLD_TIMES;
    this.#held = new HeldKeys(bindings, times, this.#keyState, this.#portBits);
    this.#publish();
  }

  /** Releases everything for good. */
  close(): void {
    this.release();
    this.#keyState?.close();
  }

  /** Handles a token from the terminal. */
  handle(token: Token): void {
    if (token.kind === "csi" && token.text === "O") this.release();
    const key = keyOf(token);
    if (key !== undefined) this.#key(key);
  }

  /** Releases everything: the window has lost the focus, or the game is suspended. */
  release(): void {
    this.#held.clear();
    this.#publish();
    this.#targets.released?.();
  }

  #key(event: KeyEvent): void {
    if (this.#targets.deviceKey?.(event) === true) return;
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
    const { buttons, turbo } = this.#held;
    if (buttons !== this.#word || turbo !== this.#turbo) {
      this.#word = buttons;
      this.#turbo = turbo;
      this.#targets.setButtons(buttons, turbo);
    }
    for (const name of HOLD_NAMES) this.#setHolding(name, this.#held.isHolding(name));
    const next = this.#held.nextDeadlineMs;
    // Bun's timers truncate to whole milliseconds: without one more they would fire before the deadline.
    if (next !== undefined) this.#timer = setTimeout(() => this.#publish(), Math.max(1, next - now + 1));
  }

  #setHolding(name: HoldName, isHeld: boolean): void {
    if (this.#holding.has(name) === isHeld) return;
    if (isHeld) this.#holding.add(name);
    else this.#holding.delete(name);
    this.#targets.hold?.(name, isHeld);
  }
}
