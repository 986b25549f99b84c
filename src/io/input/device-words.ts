/**
 * The input of devices in words, as movies, manifests, tests and the server's peers write it:
 * "x=120 y=80 trigger" for a Zapper, "left-hook body" for a punching bag, "A RETURN" for a keyboard.
 */
import { InputError } from "../../emu/input-error.ts";
import {
  barcodeData,
  DEVICE_CONTROLS,
  DEVICE_PORTS,
  type DeviceControls,
  type DevicePort,
  type DeviceValue,
  deviceIn,
  portData,
} from "../../emu/nes/input/device-controls.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";

/** What each port's device does, in words; ports that are absent keep their state. */
export type DeviceWords = { readonly [Port in DevicePort]?: string };

/** Longer than the words of any device with all of its keys. */
const MAX_CHARACTERS = 1000;
const ASSIGNMENT = /^([a-z]+)=(-?\d+)$/i;

/**
 * Sets what the device in `port` reports: exactly these values and buttons. A pointing device without x and y
 * points away from the picture. `data` is the data of all devices. Throws `InputError` ("usage") for words
 * that the device does not know.
 */
export function setDevice(data: Uint8Array, setup: DeviceSetup, port: DevicePort, words: string): void {
  const device = deviceIn(setup, port);
  const controls = DEVICE_CONTROLS[device];
  const bytes = new Uint8Array(portData(data, port).length);
  let isAimed = false;
  if (typeof words !== "string")
    throw new InputError("usage", `the words for the device in ${port} must be a string`);
  if (words.length > MAX_CHARACTERS)
    throw new InputError("usage", `more than ${MAX_CHARACTERS} characters for the device in ${port}`);
  for (const word of words.split(/\s+/)) {
    if (word === "") continue;
    const [, name, number] = ASSIGNMENT.exec(word) ?? [];
    const code = controls.readsBarcodes === true && name === "barcode" ? barcodeData(number!) : undefined;
    if (code !== undefined) {
      bytes.set(code);
      continue;
    }
    if (name === undefined) {
      if (pressButton(bytes, controls, word)) continue;
    } else {
      const value = controls.values.find((each) => each.name === name.toLowerCase());
      if (value !== undefined && isInRange(value, Number(number))) {
        putValue(bytes, value, Number(number));
        isAimed = true;
        continue;
      }
    }
    throw unknownWord(device, port, word);
  }
  if (isAimed) bytes[controls.buttonByte]! |= controls.aimBits;
  portData(data, port).set(bytes);
}

/** Sets several devices. `words` is an object of untrusted origin. Throws like `setDevice`. */
export function setDevices(data: Uint8Array, setup: DeviceSetup, words: DeviceWords): void {
  for (const [port, text] of Object.entries(words)) setDevice(data, setup, devicePort(port), text);
}

/** Checks the name of a port. Throws `InputError` ("usage"). */
export function devicePort(port: string): DevicePort {
  const found = DEVICE_PORTS.find((each) => each === port);
  if (found !== undefined) return found;
  const what = `there is no port ${JSON.stringify(port.slice(0, 40))}`;
  throw new InputError("usage", what, "", `one of ${DEVICE_PORTS.join(", ")}`);
}

/** All words of a device: "x=0…255 y=0…239 trigger". */
export function deviceVocabulary(device: keyof typeof DEVICE_CONTROLS): string {
  const { values, buttons, readsBarcodes } = DEVICE_CONTROLS[device];
  if (readsBarcodes === true) return "barcode=8 or 13 digits";
  const names = new Set(buttons.filter((name) => name !== ""));
  return [...values.map(({ name, min, max }) => `${name}=${min}…${max}`), ...names].join(" ");
}

/** Presses all buttons of that name. Returns false if there are none. */
function pressButton(bytes: Uint8Array, { buttons, buttonByte }: DeviceControls, name: string): boolean {
  let isKnown = false;
  for (const [index, button] of buttons.entries()) {
    if (button.toLowerCase() !== name.toLowerCase()) continue;
    bytes[buttonByte + (index >> 3)]! |= 1 << (index & 7);
    isKnown = true;
  }
  return isKnown;
}

function putValue(bytes: Uint8Array, { byte, bit = 0, bits = 8 }: DeviceValue, number: number): void {
  const mask = ((1 << bits) - 1) << bit;
  bytes[byte] = (bytes[byte]! & ~mask) | ((number << bit) & mask);
}

function isInRange({ min, max }: DeviceValue, number: number): boolean {
  return number >= min && number <= max;
}

function unknownWord(device: keyof typeof DEVICE_CONTROLS, port: DevicePort, word: string): InputError {
  const what = `${JSON.stringify(word.slice(0, 40))} is nothing that the device in ${port} (${device}) does`;
  const words = deviceVocabulary(device);
  const remedy =
    words === "" ? "it has no words: press its buttons as those of a controller" : `it has ${words}`;
  return new InputError("usage", what, "", remedy);
}
