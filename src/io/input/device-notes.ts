import { DEVICE_CONTROLS, DEVICE_PORTS } from "../../emu/nes/input/device-controls.ts";
import { type DeviceSetup, LIGHT_GUNS } from "../../emu/nes/input/devices.ts";
import { KEYBOARDS } from "./console-keyboards.ts";
import { DEVICE_KEYS, MICROPHONE_KEY, SWITCHES } from "./device-keys.ts";
import { PAD_LAYOUTS } from "./device-pads.ts";
import { GLOVE_NOTES } from "./glove-hand.ts";
import { labelOfKey } from "./key-labels.ts";

/** What keys, or a mouse, do on a device: for pages of help. */
export interface DeviceNote {
  readonly keys: readonly string[];
  readonly text: string;
}

const MOUSE = "move the game's mouse";
/** What the mouse does on a device. */
const MOUSE_NOTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LIGHT_GUNS.map((gun) => [gun, "aim and shoot"])),
  arkanoid: "turn the paddle, press its button",
  pachinko: "turn the lever",
  "top-rider": "turn the throttle",
  "snes-mouse": MOUSE,
  "subor-mouse": MOUSE,
  "subor-byte-mouse": MOUSE,
  "hori-track": "roll the ball; its buttons are A and B",
  "oeka-kids-tablet": "move the pen, put it down",
  "power-glove": "move the hand",
};
/** What its buttons do besides. */
const MOUSE_BUTTON_NOTES: Readonly<Record<string, readonly DeviceNote[]>> = {
  ...Object.fromEntries(
    LIGHT_GUNS.map((gun) => [gun, [{ keys: ["right click"], text: "shoot off the screen" }]]),
  ),
  "power-glove": [
    { keys: ["left click"], text: "make a fist" },
    { keys: ["right click"], text: "point" },
  ],
};

/**
 * What keys and the mouse do on the devices of `setup`, in a line each. Devices that only have a controller's
 * buttons have none.
 */
export function deviceNotes(setup: DeviceSetup): DeviceNote[] {
  const devices = new Set(DEVICE_PORTS.flatMap((port) => setup[port] ?? []));
  const notes = [...devices].flatMap((device) =>
    notesOf(device).map(({ keys, text }) => ({ keys, text: `${device}: ${text}` })),
  );
  if (setup.microphone === true)
    notes.push({ keys: [labelOfKey(MICROPHONE_KEY)], text: "microphone: a sound while it is held" });
  return notes;
}

function notesOf(device: keyof typeof DEVICE_CONTROLS): DeviceNote[] {
  const notes: DeviceNote[] = [];
  const mouse = MOUSE_NOTES[device];
  if (mouse !== undefined) notes.push({ keys: ["mouse"], text: mouse });
  notes.push(...(MOUSE_BUTTON_NOTES[device] ?? []), ...buttonNotes(device));
  const layout = PAD_LAYOUTS[device];
  if (layout !== undefined) notes.push({ keys: ["game pad"], text: layout.about });
  if (device === "power-glove") notes.push(...GLOVE_NOTES);
  if (DEVICE_CONTROLS[device].readsBarcodes === true)
    notes.push({ keys: ["0 … 9", "Enter"], text: "a barcode's digits, then read it" });
  const keyboard = KEYBOARDS[device];
  if (keyboard !== undefined) {
    notes.push({ keys: ["keyboard"], text: "types what you type, except keys with Ctrl" });
    for (const [key, name] of Object.entries(keyboard.names))
      if (!isSameWord(key, name)) notes.push({ keys: [labelOfKey(key)], text: name });
  }
  for (const { key, about } of SWITCHES[device] ?? []) notes.push({ keys: [labelOfKey(key)], text: about });
  return notes;
}

/** A line for each button, and one for all buttons whose names are those of their keys. */
function buttonNotes(device: keyof typeof DEVICE_CONTROLS): DeviceNote[] {
  const { buttons } = DEVICE_CONTROLS[device];
  const keys = DEVICE_KEYS[device] ?? [];
  const same = keys.filter((key, button) => key === buttons[button]);
  const notes = keys.flatMap((key, button) =>
    key === buttons[button] ? [] : [{ keys: [labelOfKey(key)], text: buttons[button]! }],
  );
  if (same.length === 0) return notes;
  const [first, last] = [same[0]!, same.at(-1)!].map(labelOfKey);
  return [{ keys: [`${first} … ${last}`], text: "buttons of these names" }, ...notes];
}

/** True for keys whose name begins like that of the key that they press, such as Escape for ESC. */
function isSameWord(key: string, name: string): boolean {
  const word = key.replace(/^(left|right)_/, "").toLowerCase();
  const wanted = name.replace(/^[LR](?=SHIFT)/, "").toLowerCase();
  return word.startsWith(wanted.slice(0, 2));
}
