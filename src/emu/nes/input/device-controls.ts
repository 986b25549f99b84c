import {
  DEVICE_DATA_BYTES,
  type DeviceSetup,
  EXPANSION_DATA,
  type ExpansionDeviceName,
  PORT1_DATA,
  PORT2_DATA,
  type PortDeviceName,
} from "./devices.ts";
import { FAMILY_BASIC_KEYS, SUBOR_KEYS } from "./keyboard.ts";
import { PEC_KEYS } from "./pec-keyboard.ts";
import { TAPE_BUTTONS_BYTE } from "./storage-devices.ts";

/** A number that a device reports, in one byte of its data. */
export interface DeviceValue {
  readonly name: string;
  readonly byte: number;
  /** Its lowest bit in the byte, and its number of bits. By default it has the whole byte. */
  readonly bit?: number;
  readonly bits?: number;
  /** Negative numbers are two's complement. */
  readonly min: number;
  readonly max: number;
}

/** What can be moved and pressed on a device, and where its data has it. */
export interface DeviceControls {
  readonly values: readonly DeviceValue[];
  /** Bit `n` of the bytes from `buttonByte` on is button `n`. */
  readonly buttons: readonly string[];
  readonly buttonByte: number;
  /** Bits beside the buttons that are set while the device points at the picture. */
  readonly aimBits: number;
  /** True for a reader of barcodes, whose data is a number of digits, and then two digits per byte. */
  readonly readsBarcodes?: boolean;
}

/** The places where devices are plugged in. */
export const DEVICE_PORTS = ["port1", "port2", "expansion"] as const;
export type DevicePort = (typeof DEVICE_PORTS)[number];

const PLACES: Readonly<Record<DevicePort, readonly [start: number, end: number]>> = {
  port1: [PORT1_DATA, PORT2_DATA],
  port2: [PORT2_DATA, EXPANSION_DATA],
  expansion: [EXPANSION_DATA, DEVICE_DATA_BYTES],
};

/** The part of all device data that belongs to a port. */
export function portData(data: Uint8Array, port: DevicePort): Uint8Array {
  return data.subarray(...PLACES[port]);
}

function buttons(names: readonly string[], buttonByte = 0): DeviceControls {
  return { values: [], buttons: names, buttonByte, aimBits: 0 };
}

/** A device that points at a pixel of the picture. */
function pointer(button: string): DeviceControls {
  return {
    values: [
      { name: "x", byte: 0, min: 0, max: 255 },
      { name: "y", byte: 1, min: 0, max: 239 },
    ],
    buttons: [button],
    buttonByte: 2,
    aimBits: 2,
  };
}

/** A device that reports its movement in this frame, right and down. */
function roller(names: readonly string[], least: number, most: number): DeviceControls {
  return {
    values: [
      { name: "dx", byte: 0, min: least, max: most },
      { name: "dy", byte: 1, min: least, max: most },
    ],
    buttons: names,
    buttonByte: 2,
    aimBits: 0,
  };
}

function dial(names: readonly string[]): DeviceControls {
  return { ...buttons(names, 1), values: [{ name: "position", byte: 0, min: 0, max: 255 }] };
}

const TAPE_BUTTONS = ["PLAY", "RECORD", "REWIND"];
/** The keyboard's keys, and places without a key before the byte of the recorder's buttons. */
const TAPE_KEYS = Array.from(
  { length: 8 * TAPE_BUTTONS_BYTE },
  (_, key) => FAMILY_BASIC_KEYS.flat()[key] ?? "",
);
/** The fingers of the Power Glove, the lowest in its data first. */
export const FINGERS = ["thumb", "index", "middle", "ring"];
export const FINGER_BITS = 2;
const MAT = buttons("1 2 3 4 5 6 7 8 9 10 11 12".split(" "));
const NONE = buttons([]);

/**
 * The controls of every device, in the words of scripts. Devices without any have a controller's buttons. The
 * data's layout follows from this table.
 */
export const DEVICE_CONTROLS: Readonly<Record<PortDeviceName | ExpansionDeviceName, DeviceControls>> = {
  none: NONE,
  standard: NONE,
  pads: NONE,
  zapper: pointer("trigger"),
  "vs-zapper": pointer("trigger"),
  "bandai-hyper-shot": pointer("trigger"),
  "oeka-kids-tablet": pointer("pen"),
  "power-pad": MAT,
  "family-trainer": MAT,
  arkanoid: dial(["button"]),
  pachinko: dial([]),
  "snes-mouse": roller(["left", "right"], -127, 127),
  "subor-mouse": roller(["left", "right"], -127, 127),
  "subor-byte-mouse": roller(["left", "right"], -31, 31),
  "hori-track": roller(["a", "b"], -8, 7),
  "power-glove": {
    ...NONE,
    values: [
      { name: "x", byte: 0, min: -128, max: 127 },
      { name: "y", byte: 1, min: -128, max: 127 },
      { name: "z", byte: 2, bit: 0, bits: 4, min: -8, max: 7 },
      { name: "rotation", byte: 2, bit: 4, bits: 4, min: 0, max: 11 },
      ...FINGERS.map((name, i) => ({
        name,
        byte: 3,
        bit: FINGER_BITS * i,
        bits: FINGER_BITS,
        min: 0,
        max: 3,
      })),
    ],
  },
  rob: NONE,
  "rob-blocks": NONE,
  "snes-pad": buttons(["a", "x", "l", "r"]),
  "virtual-boy-pad": buttons(["right-down", "right-left", "right-right", "right-up", "l", "r"]),
  "konami-hyper-shot": NONE,
  "party-tap": buttons("1 2 3 4 5 6".split(" ")),
  "exciting-boxing": buttons(
    "left-hook move-right move-left right-hook left-jab body right-jab straight".split(" "),
  ),
  mahjong: buttons("a b c d e f g h i j k l m n select start kan pon chi riichi ron".split(" ")),
  "network-controller": buttons("0 1 2 3 4 5 6 7 8 9 * # . c end".split(" ")),
  "top-rider": {
    ...buttons("tilt-right tilt-left turn-right turn-left brake shift wheelie start select".split(" "), 1),
    values: [{ name: "throttle", byte: 0, min: 0, max: 255 }],
  },
  "family-basic-keyboard": buttons(FAMILY_BASIC_KEYS.flat()),
  "subor-keyboard": buttons(SUBOR_KEYS.flat()),
  "pec-586-keyboard": buttons(PEC_KEYS.flat()),
  "turbo-file": buttons(["protect"], 1),
  "turbo-file-2": { ...buttons(["protect"], 1), values: [{ name: "bank", byte: 0, min: 0, max: 3 }] },
  "battle-box": NONE,
  epsm: NONE,
  "barcode-battler": { ...NONE, readsBarcodes: true },
  "datach-reader": { ...NONE, readsBarcodes: true },
  "data-recorder": buttons([...TAPE_KEYS, ...TAPE_BUTTONS]),
  "silent-data-recorder": buttons(TAPE_BUTTONS, TAPE_BUTTONS_BYTE),
};

/** The numbers of digits of barcodes: EAN-8 and EAN-13. */
export const BARCODE_DIGITS: readonly number[] = [8, 13];

/**
 * The data of a barcode reader that reads `digits`, or nothing if that is empty. Undefined for other texts.
 */
export function barcodeData(digits: string): Uint8Array | undefined {
  if (!/^\d*$/.test(digits) || ![0, ...BARCODE_DIGITS].includes(digits.length)) return undefined;
  const data = new Uint8Array(8);
  data[0] = digits.length;
  for (const [index, digit] of [...digits].entries())
    data[1 + (index >> 1)] |= Number(digit) << (4 * (index & 1));
  return data;
}

/** The name of the device in a port. */
export function deviceIn(setup: DeviceSetup, port: DevicePort): PortDeviceName | ExpansionDeviceName {
  return setup[port] ?? (port === "expansion" ? "none" : "standard");
}
