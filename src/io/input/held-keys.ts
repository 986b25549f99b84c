import { type Binding, type Bindings, BUTTON_BITS, type HoldName } from "./bindings.ts";
import type { KeyEvent } from "./keys.ts";
import type { KeyState } from "./x11-keys.ts";

/**
 * How long a key counts as held in a terminal that never says that it was let go. Until the keyboard
 * repeats (usually after 200 to 600 ms) nobody can know, so that a tap must not last: the first time is a
 * tap's; once repeats come, a key is up when they have stayed away for some intervals.
 */
export interface HoldTimes {
  readonly tapMs: number;
  /** Directions are held more often than tapped, and a longer step there does less harm. */
  readonly directionTapMs: number;
  readonly repeatMs: number;
}

export const DEFAULT_HOLD_TIMES: HoldTimes = { tapMs: 90, directionTapMs: 160, repeatMs: 110 };

interface HeldKey {
  /** The button, as a bit of the word of all ports; 0 for what is no button. */
  readonly mask: number;
  readonly isTurbo: boolean;
  readonly hold: HoldName | undefined;
  deadlineMs: number;
  isRepeating: boolean;
  /** The system says how long it is held. */
  readonly isWatched: boolean;
}

/** How often the system is asked whether a key is still held: a question takes some 75 µs. */
const WATCH_MS = 4;

/** Keyboards repeat after this time at most, by default. */
const FIRST_REPEAT_MS = 550;

const DIRECTIONS = BUTTON_BITS.up | BUTTON_BITS.down | BUTTON_BITS.left | BUTTON_BITS.right;
/** Same port, same axis, other way: going left means that right was let go. */
const OPPOSITES: Readonly<Record<number, number>> = {
  [BUTTON_BITS.up]: BUTTON_BITS.down,
  [BUTTON_BITS.down]: BUTTON_BITS.up,
  [BUTTON_BITS.left]: BUTTON_BITS.right,
  [BUTTON_BITS.right]: BUTTON_BITS.left,
};

/** Which buttons the keyboard holds, as one word of a byte a port. */
export class HeldKeys {
  readonly #bindings: Bindings;
  readonly #times: HoldTimes | undefined;
  readonly #state: KeyState | undefined;
  readonly #held = new Map<string, HeldKey>();

  /**
   * `times` is for terminals without release events; undefined where they are reported. `state` knows
   * better than times do, as long as it agrees that a key is down when the terminal says so.
   */
  constructor(bindings: Bindings, times: HoldTimes | undefined, state?: KeyState) {
    this.#bindings = bindings;
    this.#state = state;
    this.#times = times;
  }

  /** Buttons held now. */
  get buttons(): number {
    return this.#word(false);
  }

  /** Buttons to be pressed again and again. */
  get turbo(): number {
    return this.#word(true);
  }

  /** Whether a key that does this is held. */
  isHolding(name: HoldName): boolean {
    for (const { hold } of this.#held.values()) if (hold === name) return true;
    return false;
  }

  #word(isTurbo: boolean): number {
    let word = 0;
    for (const key of this.#held.values()) if (key.isTurbo === isTurbo) word |= key.mask;
    return word >>> 0;
  }

  /** When the next key will count as let go, or undefined when none will by itself. */
  get nextDeadlineMs(): number | undefined {
    let next: number | undefined;
    for (const { deadlineMs } of this.#held.values())
      if (deadlineMs !== Number.POSITIVE_INFINITY && (next === undefined || deadlineMs < next))
        next = deadlineMs;
    return next;
  }

  /** Takes a key event into account. False when the key is bound to nothing that can be held. */
  handle(event: KeyEvent, nowMs: number): boolean {
    const binding = this.#bindings.find(event);
    if (binding === undefined || binding.kind === "action") {
      // A key that went down as a button is let go as one, whatever modifier has come since.
      return event.kind === "release" && this.#held.delete(event.key);
    }
    if (event.kind === "release") this.#held.delete(event.key);
    else this.#press(event.key, heldBy(binding), nowMs);
    return true;
  }

  /** Lets go of the keys whose time is over. */
  expire(nowMs: number): void {
    for (const [key, held] of this.#held) {
      if (held.deadlineMs > nowMs) continue;
      if (held.isWatched && this.#state?.isDown(key) === true) held.deadlineMs = nowMs + WATCH_MS;
      else this.#held.delete(key);
    }
  }

  /** Lets go of all keys: the window has lost the focus. */
  clear(): void {
    this.#held.clear();
  }

  #press(key: string, held: HeldMeaning, nowMs: number): void {
    const times = this.#times;
    if (times === undefined) {
      const deadlineMs = Number.POSITIVE_INFINITY;
      this.#held.set(key, { ...held, deadlineMs, isRepeating: false, isWatched: false });
      return;
    }
    const { mask } = held;
    this.expire(nowMs);
    if (this.#state?.isDown(key) === true) {
      const deadlineMs = nowMs + WATCH_MS;
      this.#held.set(key, { ...held, deadlineMs, isRepeating: false, isWatched: true });
      return;
    }
    const port = 8 * Math.floor((31 - Math.clz32(mask)) / 8);
    const bit = mask >>> port;
    const opposite = (OPPOSITES[bit] ?? 0) << port;
    for (const [other, earlier] of this.#held) {
      if (opposite !== 0 && earlier.mask === opposite) this.#held.delete(other);
      // Only the key pressed last repeats, so that one held before it must not end because of it.
      else if (other !== key && earlier.isRepeating)
        earlier.deadlineMs = Math.max(earlier.deadlineMs, nowMs + times.repeatMs);
    }
    const before = this.#held.get(key);
    // Rewinding in pieces until the keyboard repeats would be worse than a step too far.
    const tapMs =
      held.hold !== undefined
        ? FIRST_REPEAT_MS
        : (bit & DIRECTIONS) !== 0
          ? times.directionTapMs
          : times.tapMs;
    const isRepeating = before !== undefined;
    const deadlineMs = nowMs + (isRepeating ? times.repeatMs : tapMs);
    this.#held.set(key, { ...held, deadlineMs, isRepeating, isWatched: false });
  }
}

type HeldMeaning = Pick<HeldKey, "mask" | "isTurbo" | "hold">;

function heldBy(binding: Exclude<Binding, { kind: "action" }>): HeldMeaning {
  if (binding.kind === "hold") return { mask: 0, isTurbo: false, hold: binding.hold };
  const { port, button, isTurbo } = binding;
  return { mask: BUTTON_BITS[button] << (8 * port), isTurbo, hold: undefined };
}
