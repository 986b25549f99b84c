import type { ButtonName } from "../../core/index.ts";
import { buttonBit } from "./buttons.ts";

/**
 * By position, as on an NES pad: the right one of two buttons is A. https://w3c.github.io/gamepad/#remapping
 */
const STANDARD: readonly (ButtonName | undefined)[] = [
  "b",
  "a",
  "b",
  "a",
  undefined,
  undefined,
  undefined,
  undefined,
  "select",
  "start",
  undefined,
  undefined,
  "up",
  "down",
  "left",
  "right",
];
/** A stick counts as pressed from this value on. */
const STICK_THRESHOLD = 0.5;

/** The buttons that are held on one pad. */
function padMask({ buttons, axes }: Pick<Gamepad, "buttons" | "axes">): number {
  let mask = 0;
  STANDARD.forEach((button, i) => {
    if (button !== undefined && buttons[i]?.pressed === true) mask |= buttonBit(button);
  });
  const [x = 0, y = 0] = axes;
  if (x < -STICK_THRESHOLD) mask |= buttonBit("left");
  if (x > STICK_THRESHOLD) mask |= buttonBit("right");
  if (y < -STICK_THRESHOLD) mask |= buttonBit("up");
  if (y > STICK_THRESHOLD) mask |= buttonBit("down");
  return mask;
}

/** Returns the masks of controllers 1 and 2, read from the first and second pad. */
export function readPads(): readonly [number, number] {
  let pads: (Gamepad | null)[] = [];
  try {
    pads = navigator.getGamepads?.() ?? [];
  } catch {
    // The page is in a frame that may not use pads.
  }
  const [first, second] = pads.filter((pad) => pad?.connected === true);
  return [first ? padMask(first) : 0, second ? padMask(second) : 0];
}
