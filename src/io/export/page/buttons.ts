import { BUTTONS, type ButtonName } from "../../core/index.ts";

/** The bit of a button in the mask of `setButtons` of `emuterm/core`. */
export function buttonBit(button: ButtonName): number {
  return 1 << BUTTONS.indexOf(button);
}

/** The bits of all buttons of an NES. */
export const NES_BITS: Readonly<Record<string, number>> = Object.fromEntries(
  BUTTONS.map((button) => [button, buttonBit(button)]),
);

const VERTICAL = buttonBit("up") | buttonBit("down");
const HORIZONTAL = buttonBit("left") | buttonBit("right");

/** Removes opposite directions: a real pad cannot press both, and games misbehave. */
export function withoutOpposites(mask: number): number {
  let result = mask;
  if ((result & VERTICAL) === VERTICAL) result &= ~VERTICAL;
  if ((result & HORIZONTAL) === HORIZONTAL) result &= ~HORIZONTAL;
  return result;
}
