import { BUTTONS } from "../../core/index.ts";
import { buttonBit } from "./buttons.ts";
import type { KeyMap } from "./config.ts";
import { TapLatch } from "./tap-latch.ts";

/**
 * The keyboard as controller 1. It handles keys only while `isActive` returns true, because menus need Tab
 * and Enter.
 */
export class Keyboard {
  readonly latch = new TapLatch();
  readonly #bits = new Map<string, number>();
  readonly #down = new Set<string>();

  constructor(keys: KeyMap, isActive: () => boolean) {
    for (const button of BUTTONS) {
      for (const code of keys[button]) this.#bits.set(code, (this.#bits.get(code) ?? 0) | buttonBit(button));
    }
    addEventListener("keydown", (event) => {
      if (!this.#bits.has(event.code) || event.ctrlKey || event.metaKey || event.altKey || !isActive())
        return;
      event.preventDefault();
      this.#down.add(event.code);
      this.#update();
    });
    addEventListener("keyup", ({ code }) => {
      if (this.#down.delete(code)) this.#update();
    });
    // Keys that are released in another window are never reported.
    addEventListener("blur", () => this.release());
  }

  /** Returns true if the game uses this key. */
  has(code: string): boolean {
    return this.#bits.has(code);
  }

  release(): void {
    this.#down.clear();
    this.#update();
  }

  #update(): void {
    let mask = 0;
    for (const code of this.#down) mask |= this.#bits.get(code) ?? 0;
    this.latch.set(mask);
  }
}

const KEY_LABELS: Readonly<Record<string, string>> = {
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  ShiftLeft: "Left Shift",
  ShiftRight: "Right Shift",
};

/** The name of a key for people. */
export function keyLabel(code: string): string {
  return KEY_LABELS[code] ?? code.replace(/^(Key|Digit)(?=.$)/, "").replace(/([a-z])(?=[A-Z\d])/g, "$1 ");
}
