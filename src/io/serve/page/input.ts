import { byId } from "../../export/page/elements.ts";
import { readPads } from "../../export/page/gamepads.ts";
import { showPadOnTouch, TouchPad } from "../../export/page/touch-pad.ts";
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

/** The keyboard and the touch pad as the first controller, and game pads as the first two. */
export class PageInput {
  readonly #touchPad = new TouchPad(byId("pad", HTMLElement), byId("cross", HTMLElement), ALL_BUTTON_BITS);
  #mask = 0;
  readonly #onChange: (port: number, buttons: number) => void;
  #keys = 0;
  /** What was reported last, by port. */
  readonly #reported = [0, 0];

  constructor(onChange: (port: number, buttons: number) => void) {
    this.#onChange = onChange;
    addMoreButtons(byId("pad", HTMLElement));
    showPadOnTouch(document.body);
    addEventListener("keydown", (event) => this.#handle(event, true));
    addEventListener("keyup", (event) => this.#handle(event, false));
    // Keys that are released in another window are never reported.
    addEventListener("blur", () => {
      this.#touchPad.release();
      this.#set(0);
    });
  }

  /** Sets how many buttons controllers have. */
  setPortBits(portBits: number): void {
    this.#mask = 2 ** portBits - 1;
    const hasMore = portBits > 8;
    document.body.classList.toggle("more-buttons", hasMore);
    byId("keys", HTMLElement).textContent = hasMore ? HELP + MORE_HELP : HELP;
  }

  /** Reads the pads, which report nothing by themselves. Call it often. */
  poll(): void {
    const pads = readPads();
    const first = this.#keys | this.#touchPad.latch.take();
    for (const port of [0, 1]) {
      const buttons = ((port === 0 ? first : 0) | pads[port]!) & this.#mask;
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

/** Adds the buttons of controllers with more than eight to the touch pad. */
function addMoreButtons(pad: HTMLElement): void {
  const [right, middle] = [pad.querySelector(".right")!, pad.querySelector(".middle")!];
  right.prepend(moreButton("y"), moreButton("x"));
  middle.prepend(moreButton("l"));
  middle.append(moreButton("r"));
}

function moreButton(name: ButtonName): HTMLElement {
  const element = document.createElement("b");
  element.className = "more";
  element.dataset.button = name;
  element.textContent = name.toUpperCase();
  return element;
}
