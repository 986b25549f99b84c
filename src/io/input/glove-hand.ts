/** The hand in the Power Glove, as a mouse and keys move it. */
import { FINGER_BITS, FINGERS } from "../../emu/nes/input/device-controls.ts";

/** Keys that bend a finger, in the order of FINGERS. */
const FINGER_KEYS = ["1", "2", "3", "4"];
/** Keys that push the hand towards the screen, pull it back, and turn it to the left and right. */
const PUSH = "w";
const PULL = "s";
const TURN_LEFT = "q";
const TURN_RIGHT = "e";

/** Keys that move the hand. */
export const GLOVE_KEYS: readonly string[] = [...FINGER_KEYS, PUSH, PULL, TURN_LEFT, TURN_RIGHT];

/** What keys do with the hand, for pages of help. */
export const GLOVE_NOTES = [
  { keys: FINGER_KEYS, text: "bend a finger, from the thumb on" },
  { keys: [PUSH, PULL].map((key) => key.toUpperCase()), text: "push, pull" },
  { keys: [TURN_LEFT, TURN_RIGHT].map((key) => key.toUpperCase()), text: "turn left, right" },
];

/** Rotation has twelve positions, clockwise from the back of the hand facing up. */
const LEFT_ROTATION = 9;
const RIGHT_ROTATION = 3;
const BENT = 3;
const NEAREST = -8;
const FARTHEST = 7;

/**
 * The bytes of the glove's data. The hand is where the mouse points; in the centre if that is outside the
 * picture. The left button makes a fist, the right one points with the index finger.
 */
export function gloveBytes(
  point: { readonly x: number; readonly y: number } | undefined,
  pressed: { readonly left: boolean; readonly right: boolean },
  held: { has(key: string): boolean },
): readonly number[] {
  const { x, y } = point ?? { x: 128, y: 120 };
  const z = held.has(PUSH) ? FARTHEST : held.has(PULL) ? NEAREST : 0;
  const rotation = held.has(TURN_LEFT) ? LEFT_ROTATION : held.has(TURN_RIGHT) ? RIGHT_ROTATION : 0;
  let fingers = 0;
  for (const [index, finger] of FINGERS.entries()) {
    const isBent = pressed.left || (pressed.right && finger !== "index") || held.has(FINGER_KEYS[index]!);
    if (isBent) fingers |= BENT << (FINGER_BITS * index);
  }
  return [(x - 128) & 0xff, (120 - y) & 0xff, (z & 0xf) | (rotation << 4), fingers];
}
