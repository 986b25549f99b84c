import { BUTTONS, type ButtonName } from "../../core/index.ts";

/** The bit of a button, as `setButtons` of `emuterm/core` takes it. */
export function buttonBit(button: ButtonName): number {
  return 1 << BUTTONS.indexOf(button);
}

const VERTICAL = buttonBit("up") | buttonBit("down");
const HORIZONTAL = buttonBit("left") | buttonBit("right");

/** Opposite directions cancel each other: a real pad cannot give both, and games misbehave. */
export function withoutOpposites(mask: number): number {
  let result = mask;
  if ((result & VERTICAL) === VERTICAL) result &= ~VERTICAL;
  if ((result & HORIZONTAL) === HORIZONTAL) result &= ~HORIZONTAL;
  return result;
}
