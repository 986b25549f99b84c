import { type Binding, type Bindings, BUTTON_BITS, bitOfButton, type HoldName } from "./bindings.ts";
import type { KeyEvent } from "./keys.ts";
import type { KeyState } from "./x11-keys.ts";

/**
 * How long a key counts as held in a terminal that does not report releases. Before the keyboard repeats
 * (usually after 200 to 600 ms) a tap looks the same as a hold, so the first time is short, as for a tap.
 * After repeats have started, a key is up once they stop for several intervals.
 */
export interface HoldTimes {
  readonly tapMs: number;
  /** Directions are held more often than tapped, and a step too far does less harm there. */
  readonly directionTapMs: number;
  readonly repeatMs: number;
}

export const DEFAULT_HOLD_TIMES: HoldTimes = { tapMs: 90, directionTapMs: 160, repeatMs: 110 };

interface HeldKey {
  /** The button's bit in the word of all ports; 0 if the key is not a button. */
  readonly mask: number;
  readonly isTurbo: boolean;
  readonly hold: HoldName | undefined;
  deadlineMs: number;
  isRepeating: boolean;
  /** True if `KeyState` reports when the key is released. */
  readonly isWatched: boolean;
}

/** How often the system is asked if a key is still held: one query takes about 75 µs. */
export const WATCH_MS = 4;

/** Longest delay before keyboards repeat, by default. */
const FIRST_REPEAT_MS = 550;

const DIRECTIONS = BUTTON_BITS.up | BUTTON_BITS.down | BUTTON_BITS.left | BUTTON_BITS.right;
/** Same port, same axis, opposite direction: pressing left means that right was released. */
const OPPOSITES: Readonly<Record<number, number>> = {
  [BUTTON_BITS.up]: BUTTON_BITS.down,
  [BUTTON_BITS.down]: BUTTON_BITS.up,
  [BUTTON_BITS.left]: BUTTON_BITS.right,
  [BUTTON_BITS.right]: BUTTON_BITS.left,
};

/** Bits of a port in a word for the NES. */
export const NES_PORT_BITS = 8;
const WORD_BITS = 32;

/** Buttons that the keyboard holds, as one word with `portBits` bits per port. */
export class HeldKeys {
  readonly #bindings: Bindings;
  readonly #times: HoldTimes | undefined;
  readonly #state: KeyState | undefined;
  readonly #portBits: number;
  readonly #held = new Map<string, HeldKey>();

  /**
   * `times` is for terminals without release events; undefined where releases are reported. `state` overrides
   * the times as long as it agrees that a key is down when the terminal reports it.
   */
  constructor(bindings: Bindings, times: HoldTimes | undefined, state?: KeyState, portBits = NES_PORT_BITS) {
    this.#portBits = portBits;
    this.#bindings = bindings;
    this.#state = state;
    this.#times = times;
  }

  /** Buttons held now. */
  get buttons(): number {
    return this.#word(false);
  }

  /** Turbo buttons held now. */
  get turbo(): number {
    return this.#word(true);
  }

  /** Returns true if a key with this hold is down. */
  isHolding(name: HoldName): boolean {
    for (const { hold } of this.#held.values()) if (hold === name) return true;
    return false;
  }

  #word(isTurbo: boolean): number {
    let word = 0;
    for (const key of this.#held.values()) if (key.isTurbo === isTurbo) word |= key.mask;
    return word >>> 0;
  }

  /** The time at which the next key counts as released; undefined if none will. */
  get nextDeadlineMs(): number | undefined {
    let next: number | undefined;
    for (const { deadlineMs } of this.#held.values())
      if (deadlineMs !== Number.POSITIVE_INFINITY && (next === undefined || deadlineMs < next))
        next = deadlineMs;
    return next;
  }

  /** Processes a key event. Returns false if the key is bound to nothing that can be held. */
  handle(event: KeyEvent, nowMs: number): boolean {
    const binding = this.#bindings.find(event);
    if (binding === undefined || binding.kind === "action") {
      // A key that went down as a button is released as one, whatever modifiers were added since.
      return event.kind === "release" && this.#held.delete(event.key);
    }
    if (event.kind === "release") this.#held.delete(event.key);
    else this.#press(event.key, heldBy(binding, this.#portBits), nowMs);
    return true;
  }

  /** Releases the keys whose time is over. */
  expire(nowMs: number): void {
    for (const [key, held] of this.#held) {
      if (held.deadlineMs > nowMs) continue;
      if (held.isWatched && this.#state?.isDown(key) === true) held.deadlineMs = nowMs + WATCH_MS;
      else this.#held.delete(key);
    }
  }

  /** Releases all keys, because the window lost the focus. */
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
    const port = mask === 0 ? 0 : this.#portBits * Math.floor((31 - Math.clz32(mask)) / this.#portBits);
    const bit = mask >>> port;
    const opposite = (OPPOSITES[bit] ?? 0) << port;
    for (const [other, earlier] of this.#held) {
      if (opposite !== 0 && earlier.mask === opposite) this.#held.delete(other);
      // Only the key pressed last repeats, so an earlier one must not be released when its repeats stop.
      else if (other !== key && earlier.isRepeating)
        earlier.deadlineMs = Math.max(earlier.deadlineMs, nowMs + times.repeatMs);
    }
    const before = this.#held.get(key);
    // Short pieces of rewind before the keyboard repeats would be worse than rewinding too far.
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

/** Buttons and ports that have no place in the word hold nothing. */
function heldBy(binding: Exclude<Binding, { kind: "action" }>, portBits: number): HeldMeaning {
  if (binding.kind === "hold") return { mask: 0, isTurbo: false, hold: binding.hold };
  const { port, button, isTurbo } = binding;
  const bit = bitOfButton(button);
  const shift = portBits * port;
  const mask = bit >= 1 << portBits || shift >= WORD_BITS ? 0 : bit << shift;
  return { mask, isTurbo, hold: undefined };
}
