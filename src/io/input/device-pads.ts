import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import { BUTTON_BITS, MORE_BUTTON_BITS, RIGHT_STICK_BITS } from "./bindings.ts";

const { a, b } = BUTTON_BITS;
const { x, y, l, r } = MORE_BUTTON_BITS;
const PORT_BITS = 8;

/** How a game pad plays a device that has more buttons than a controller. */
interface PadLayout {
  /** The pad's button for each button of the device, in the order of its words. */
  readonly buttons: readonly number[];
  /** The pad's buttons for the controller's A and B if they are not A and B. There is no turbo then. */
  readonly controller?: readonly [forA: number, forB: number];
  /** For pages of help. */
  readonly about: string;
}

export const PAD_LAYOUTS: Readonly<Record<string, PadLayout>> = {
  // The lower and the left button of a SNES pad, B and Y, are a controller's A and B to the console.
  "snes-pad": { buttons: [a, x, l, r], controller: [b, y], about: "each button in its place" },
  "virtual-boy-pad": {
    buttons: [
      RIGHT_STICK_BITS.down,
      RIGHT_STICK_BITS.left,
      RIGHT_STICK_BITS.right,
      RIGHT_STICK_BITS.up,
      l,
      r,
    ],
    about: "the right stick is the right cross",
  },
};

/** What the game pads of ports 0 and 1 hold on devices that have more buttons than a controller. */
export class DevicePads {
  readonly #layouts: readonly (PadLayout | undefined)[];
  readonly #held = [0, 0];

  constructor({ port1 = "standard", port2 = "standard" }: DeviceSetup) {
    this.#layouts = [PAD_LAYOUTS[port1], PAD_LAYOUTS[port2]];
  }

  /** Sets what the pad of a port holds, as in `PadState.wide`. Returns true if a device there uses it. */
  set(port: number, buttons: number): boolean {
    this.#held[port] = buttons;
    return this.#layouts[port] !== undefined;
  }

  /** What the pad of a port holds on the device there: bit `n` is the device's button `n`. */
  bitsOf(port: number): number {
    const held = this.#held[port] ?? 0;
    const buttons = this.#layouts[port]?.buttons ?? [];
    return buttons.reduce((bits, button, index) => bits | ((held & button) !== 0 ? 1 << index : 0), 0);
  }

  /** The words of the pads' held and turbo buttons, with A and B as the devices have them. */
  controllers(held: number, turbo: number): readonly [held: number, turbo: number] {
    let [word, turboWord] = [held, turbo];
    for (const [port, layout] of this.#layouts.entries()) {
      if (layout?.controller === undefined) continue;
      const [forA, forB] = layout.controller;
      const wide = this.#held[port] ?? 0;
      const buttons = ((wide & forA) !== 0 ? a : 0) | ((wide & forB) !== 0 ? b : 0);
      const shift = PORT_BITS * port;
      word = (word & ~((a | b) << shift)) | (buttons << shift);
      turboWord &= ~((a | b) << shift);
    }
    return [word >>> 0, turboWord >>> 0];
  }
}
