/**
 * The input of a core's devices besides pads in words, as peers of `emu serve` write it: "left-x=127" for the
 * sticks, "x=0 y=-32767 left" for the pointer.
 */
import { InputError } from "../../emu/input-error.ts";
import { CORE_POINTER_PLACES, STICKS_PLACE } from "./core-input.ts";

/** The devices: the two sticks of port 1, and what points at the picture or moves over it. */
export const CORE_DEVICE_PORTS = ["sticks", "pointer"] as const;

/** Number of bytes of `InputSource.latchDevices` that words change. */
export const CORE_DEVICE_BYTES = 15;

const MAX_CHARACTERS = 1000;
const ASSIGNMENT = /^([a-z-]+)=(-?\d{1,5})$/i;
const STICK_NAMES = ["left-x", "left-y", "right-x", "right-y"] as const;
const MAX_TILT = 127;
const MAX_POINT = 0x7fff;
const MAX_MOTION = 127;
const BUTTONS: readonly string[] = ["left", "right", "middle"];

/** A value in words: where its bytes are, how many, and its limit in both directions. */
interface WordValue {
  readonly place: number;
  readonly bytes: 1 | 2;
  readonly most: number;
}

const { x, y, buttons, inside, motion } = CORE_POINTER_PLACES;
const VALUES: Readonly<Record<(typeof CORE_DEVICE_PORTS)[number], ReadonlyMap<string, WordValue>>> = {
  sticks: new Map(
    STICK_NAMES.map((name, axis) => [name, { place: STICKS_PLACE + axis, bytes: 1, most: MAX_TILT }]),
  ),
  pointer: new Map([
    ["x", { place: x, bytes: 2, most: MAX_POINT }],
    ["y", { place: y, bytes: 2, most: MAX_POINT }],
    ["move-x", { place: motion, bytes: 1, most: MAX_MOTION }],
    ["move-y", { place: motion + 1, bytes: 1, most: MAX_MOTION }],
  ]),
};

/**
 * Sets what a device reports from now on: exactly these values and buttons. A pointer without x and y points
 * away from the picture. `move-x` and `move-y` are the movement in each frame. Throws `InputError` ("usage")
 * for words that the device does not know.
 */
export function setCoreDevice(data: Uint8Array, port: string, words: string): void {
  const device = CORE_DEVICE_PORTS.find((each) => each === port);
  if (device === undefined)
    throw new InputError(
      "usage",
      "this core's devices have no such port",
      "",
      `one of ${CORE_DEVICE_PORTS.join(", ")}`,
    );
  if (words.length > MAX_CHARACTERS)
    throw new InputError("usage", `more than ${MAX_CHARACTERS} characters for ${port}`);
  const values = VALUES[device];
  const next = data.slice();
  for (const { place, bytes } of values.values()) next.fill(0, place, place + bytes);
  if (device === "pointer") next[buttons] = 0;
  for (const word of words.split(/\s+/)) {
    if (word === "") continue;
    const [, name = "", number = ""] = ASSIGNMENT.exec(word) ?? [];
    const value = values.get(name.toLowerCase());
    const bit = device === "pointer" ? BUTTONS.indexOf(word.toLowerCase()) : -1;
    if (bit >= 0) next[buttons]! |= 1 << bit;
    else if (value !== undefined && Math.abs(Number(number)) <= value.most) {
      for (let byte = 0; byte < value.bytes; byte++)
        next[value.place + byte] = (Number(number) >> (8 * byte)) & 0xff;
      if (value.bytes === 2) next[buttons]! |= inside;
    } else throw unknownWord(device, word);
  }
  data.set(next);
}

function unknownWord(device: (typeof CORE_DEVICE_PORTS)[number], word: string): InputError {
  const names = [...VALUES[device]].map(([name, { most }]) => `${name}=${-most}…${most}`);
  const known = device === "pointer" ? [...names, ...BUTTONS] : names;
  const what = `${JSON.stringify(word.slice(0, 40))} is nothing that ${device} can do`;
  return new InputError("usage", what, "", `it has ${known.join(" ")}`);
}
