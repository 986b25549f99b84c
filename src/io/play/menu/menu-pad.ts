import { BUTTON_BITS } from "../../input/bindings.ts";

const { a, b, start, up, down, left, right } = BUTTON_BITS;
/** The key of the menu that a button stands for. */
const KEYS: readonly (readonly [bit: number, key: string])[] = [
  [up, "up"],
  [down, "down"],
  [left, "left"],
  [right, "right"],
  [a | start, "enter"],
  [b, "escape"],
];

/** Game pads as keys of the menu: A and Start choose, B goes back. */
export class MenuPad {
  readonly #portBits: number;
  #held = 0;

  /** Words of buttons have `portBits` bits per port. */
  constructor(portBits = 8) {
    this.#portBits = portBits;
  }

  /** The keys of the buttons that are held now on any port, and were not at the last call. */
  pressed(buttons: number): string[] {
    let held = 0;
    for (let shift = 0; shift < 32; shift += this.#portBits) held |= buttons >>> shift;
    const fresh = held & ~this.#held;
    this.#held = held;
    return KEYS.filter(([bit]) => (fresh & bit) !== 0).map(([, key]) => key);
  }
}
