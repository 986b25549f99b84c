import { InputError } from "../../emu/input-error.ts";

/** Buttons of a controller; bit 0 of a mask is the first. */
export const BUTTON_NAMES = ["a", "b", "select", "start", "up", "down", "left", "right"] as const;
export type Button = (typeof BUTTON_NAMES)[number];

/** The mask of these buttons. Throws `InputError` ("usage") for an unknown name. */
export function buttonMask(buttons: readonly Button[]): number {
  let mask = 0;
  for (const button of buttons) {
    const bit = BUTTON_NAMES.indexOf(button);
    if (bit < 0) {
      throw new InputError("usage", `unknown button ${button}`, "", `one of ${BUTTON_NAMES.join(", ")}`);
    }
    mask |= 1 << bit;
  }
  return mask;
}

/**
 * Buttons as text: `"right+a"`, `""` for none, `"p2.start"` for the second controller. Or a mask: one byte
 * per controller, the first lowest; bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right.
 */
export type Buttons = string | number;

/** The mask of buttons that are given as a text or a mask. Throws `InputError` ("usage"). */
export function maskOf(buttons: Buttons): number {
  if (typeof buttons === "number") {
    if (Number.isInteger(buttons) && buttons >= 0 && buttons <= 0xffff_ffff) return buttons >>> 0;
    throw new InputError("usage", `the mask ${buttons} is not a whole number of 32 bits`);
  }
  if (typeof buttons !== "string") throw new InputError("usage", "buttons must be a text or a mask");
  let mask = 0;
  if (buttons.trim() === "") return mask;
  for (const part of buttons.split("+")) {
    const match = /^\s*(?:p([1-4])\.)?([a-z]+)\s*$/i.exec(part);
    const bit = (BUTTON_NAMES as readonly string[]).indexOf(match?.[2]?.toLowerCase() ?? "");
    if (bit < 0)
      throw new InputError(
        "usage",
        `unknown button "${part.trim().slice(0, 40)}"`,
        "",
        `one of ${BUTTON_NAMES.join(", ")}, joined by +, such as right+a; p2.a is that of the second controller`,
      );
    mask |= 1 << (bit + 8 * (Number(match?.[1] ?? 1) - 1));
  }
  return mask >>> 0;
}

/** The buttons of a mask by name, "a+right"; "" if none is held. */
export function buttonText(mask: number): string {
  return BUTTON_NAMES.filter((_, bit) => (mask >> bit) & 1).join("+");
}

/** The buttons held on each of four controllers. */
export class Pads {
  /** One byte per controller, the first lowest. */
  mask = 0;

  /** Holds exactly the buttons of a mask. Throws `InputError` ("usage") if it has more than 32 bits. */
  setMask(mask: number): void {
    if (!Number.isInteger(mask) || mask < 0 || mask > 0xffff_ffff)
      throw new InputError("usage", `the mask ${mask} is not a whole number of 32 bits`);
    this.mask = mask;
  }

  /** Holds `buttons` of controller `port` (1–4) until they are released. */
  press(port: number, buttons: readonly Button[]): void {
    this.mask = (this.mask | (buttonMask(buttons) << shiftOf(port))) >>> 0;
  }

  /** Releases `buttons`, or all if none are given. */
  release(port: number, buttons: readonly Button[]): void {
    const mask = buttons.length === 0 ? 0xff : buttonMask(buttons);
    this.mask = (this.mask & ~(mask << shiftOf(port))) >>> 0;
  }
}

function shiftOf(port: number): number {
  if (port === 1 || port === 2 || port === 3 || port === 4) return 8 * (port - 1);
  throw new InputError("usage", `controller ${port}: 1 to 4 was expected`);
}
