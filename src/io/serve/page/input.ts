import { readPads } from "../../export/page/gamepads.ts";
import { ALL_BUTTON_BITS } from "../../input/bindings.ts";

type ButtonName = keyof typeof ALL_BUTTON_BITS;

const KEYS: Readonly<Record<string, ButtonName>> = {
  KeyX: "a",
  KeyK: "a",
  Space: "a",
  KeyZ: "b",
  KeyY: "b",
  KeyJ: "b",
  Tab: "select",
  Enter: "start",
  ArrowUp: "up",
  KeyW: "up",
  ArrowDown: "down",
  KeyS: "down",
  ArrowLeft: "left",
  KeyA: "left",
  ArrowRight: "right",
  KeyD: "right",
  Period: "x",
  Comma: "y",
  KeyQ: "l",
  KeyE: "r",
};
const HELP = "arrows or W A S D: pad, X: A, Z: B, Enter: Start, Tab: Select";
const MORE_HELP = ", period: X, comma: Y, Q: L, E: R";

/** The keyboard as the first controller, and game pads as the first two. */
export class PageInput {
  /** The keys, for people. */
  readonly help: string;
  readonly #mask: number;
  readonly #onChange: (port: number, buttons: number) => void;
  #keys = 0;
  /** What was reported last, by port. */
  readonly #reported = [0, 0];

  /** Controllers have `portBits` buttons. */
  constructor(portBits: number, onChange: (port: number, buttons: number) => void) {
    this.#mask = 2 ** portBits - 1;
    this.#onChange = onChange;
    this.help = portBits > 8 ? HELP + MORE_HELP : HELP;
    addEventListener("keydown", (event) => this.#handle(event, true));
    addEventListener("keyup", (event) => this.#handle(event, false));
    // Keys that are released in another window are never reported.
    addEventListener("blur", () => this.#set(0));
  }

  /** Reads the pads, which report nothing by themselves. Call it often. */
  poll(): void {
    const pads = readPads();
    for (const port of [0, 1]) {
      const buttons = (port === 0 ? this.#keys : 0) | pads[port]!;
      if (buttons === this.#reported[port]) continue;
      this.#reported[port] = buttons;
      this.#onChange(port, buttons);
    }
  }

  #handle(event: KeyboardEvent, isDown: boolean): void {
    const name = KEYS[event.code];
    if (name === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const bit = ALL_BUTTON_BITS[name] & this.#mask;
    if (bit === 0) return;
    event.preventDefault();
    this.#set(isDown ? this.#keys | bit : this.#keys & ~bit);
  }

  #set(keys: number): void {
    this.#keys = keys;
    this.poll();
  }
}
