import {
  DEVICE_DATA_BYTES,
  type DeviceSetup,
  EXPANSION_DATA,
  PORT1_DATA,
  PORT2_DATA,
} from "../../emu/nes/input/devices.ts";
import { FAMILY_BASIC_KEYS } from "../../emu/nes/input/keyboard.ts";
import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";

/** Buttons by their names in BizHawk, bit 0 first. */
const BUTTONS: readonly string[] = ["A", "B", "Select", "Start", "Up", "Down", "Left", "Right"];
const FAMICOM_MICROPHONE_BIT = 11;
const SCREEN_HEIGHT = 240;
const ON_SCREEN = 2;
/** BizHawk's paddle reads $54 plus its position, 0 to 160. emu's reads $62 (position 0) to $F2 (255). */
const PADDLE_FIRST = 0x62 - 0x54;
const PADDLE_RANGE = 0xf2 - 0x62;

/** The keyboard's keys that have other names in BizHawk. */
const BIZHAWK_KEYS: Readonly<Record<string, string>> = { KANA: "カナ", "\\": "¥" };
/** BizHawk's names of the keys in the order of the keyboard's data: bit `n` of it is key `n`. */
const KEYS: readonly string[] = FAMILY_BASIC_KEYS.flat().map((key) => BIZHAWK_KEYS[key] ?? key);

/** A number of a record. A Zapper's `y` tells whether it points at the picture; `pen-y` does not. */
type Axis = "x" | "y" | "paddle" | "pen-y";

/** What a column of a record is for. */
export type Column =
  | { readonly kind: "button"; readonly bit: number }
  | { readonly kind: "reset" | "power" | "eject" | "reset-cycle" }
  | { readonly kind: "insert"; readonly side: number }
  | { readonly kind: "coin"; readonly slot: number }
  | { readonly kind: "service" }
  /** A button of a device: bit `bit` of byte `at`. */
  | { readonly kind: "flag"; readonly at: number; readonly bit: number }
  | { readonly kind: "axis"; readonly at: number; readonly axis: Axis }
  | { readonly kind: "unknown"; readonly name: string; readonly numeric: boolean };

/** The columns of an input log, and the devices that they imply. */
export interface Columns {
  readonly columns: readonly Column[];
  readonly devices: DeviceSetup | undefined;
  readonly fourScore: boolean;
}

/**
 * Reads a log key, `#Reset|Power|#P1 Up|P1 Down|…`, which names each column of a record. The names imply the
 * devices; `settings` (from SyncSettings.json) only decide between devices that have the same names.
 */
export function readLogKey(
  key: string,
  settings: { readonly fourScore: boolean; readonly devices?: DeviceSetup },
): Columns {
  const names = key
    .split("|")
    .map((name) => name.replace(/^#/, "").trim())
    .filter((name) => name !== "");
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  const keyboard = has(/^P3 GRPH$/);
  const four = has(/^P[34] (Up|A)$/) && !keyboard;
  const isFamicom = settings.devices?.microphone === true || has(/^P2 Microphone$/);
  const pads = isFamicom && four;
  const fourScore = four && !pads;
  const devices: { -readonly [K in keyof DeviceSetup]: DeviceSetup[K] } = {};
  for (const player of [1, 2, 3]) {
    const device = deviceOf(player, has);
    if (device === undefined) continue;
    if (player === 3) devices.expansion = device === "power-pad" ? "none" : device;
    else devices[player === 1 ? "port1" : "port2"] = device;
  }
  // A port without columns is empty if the settings say so too.
  if (!has(/^P2 /) && settings.devices?.port2 === "none") devices.port2 = "none";
  if (!has(/^P1 /) && settings.devices?.port1 === "none") devices.port1 = "none";
  if (pads) devices.expansion = "pads";
  if (keyboard) devices.expansion = "family-basic-keyboard";
  if (has(/^P3 Pen [XY]$/)) devices.expansion = "oeka-kids-tablet";
  if (has(/^P2 Microphone$/)) devices.microphone = true;
  const columns = names.map((name) => columnOf(name, devices, fourScore && settings.fourScore));
  const isPlain = Object.keys(devices).length === 0;
  return { columns, devices: isPlain ? undefined : devices, fourScore };
}

function deviceOf(
  player: number,
  has: (pattern: RegExp) => boolean,
): "zapper" | "arkanoid" | "power-pad" | undefined {
  if (has(new RegExp(`^P${player} Zapper [XY]$`))) return "zapper";
  if (has(new RegExp(`^P${player} Paddle$`))) return "arkanoid";
  return has(new RegExp(`^P${player} PP\\d+$`)) ? "power-pad" : undefined;
}

const CONSOLE_COLUMNS: Readonly<Record<string, Column>> = {
  Reset: { kind: "reset" },
  Power: { kind: "power" },
  "Reset Cycle": { kind: "reset-cycle" },
  "FDS Eject": { kind: "eject" },
  "Insert Coin P1": { kind: "coin", slot: 1 },
  "Insert Coin P2": { kind: "coin", slot: 2 },
  "Service Switch": { kind: "service" },
  "VS Coin 1": { kind: "coin", slot: 1 },
  "VS Coin 2": { kind: "coin", slot: 2 },
  "P2 Microphone": { kind: "button", bit: FAMICOM_MICROPHONE_BIT },
};

function columnOf(name: string, devices: DeviceSetup, swaps: boolean): Column {
  if (Object.hasOwn(CONSOLE_COLUMNS, name)) return CONSOLE_COLUMNS[name]!;
  const side = /^FDS Insert (\d)$/.exec(name)?.[1];
  if (side !== undefined) return { kind: "insert", side: Number(side) };
  const [, digit, what = ""] = /^P([1-4]) (.+)$/.exec(name) ?? [];
  const player = Number(digit);
  const device = [devices.port1, devices.port2, devices.expansion][player - 1];
  const at = [PORT1_DATA, PORT2_DATA, EXPANSION_DATA][player - 1] ?? 0;
  if (device === "family-basic-keyboard") {
    const key = KEYS.indexOf(what);
    if (key >= 0) return { kind: "flag", at: at + (key >> 3), bit: key & 7 };
  }
  const bit = BUTTONS.indexOf(what);
  if (bit >= 0) {
    const port = swaps && (player === 2 || player === 3) ? 5 - player : player;
    return { kind: "button", bit: 8 * (port - 1) + bit };
  }
  if (device === "oeka-kids-tablet") {
    if (what === "Pen X") return { kind: "axis", at, axis: "x" };
    if (what === "Pen Y") return { kind: "axis", at, axis: "pen-y" };
    if (what === "Click") return { kind: "flag", at: at + 2, bit: 0 };
    if (what === "Touch") return { kind: "flag", at: at + 2, bit: 1 };
  } else if (device === "zapper") {
    if (what === "Fire") return { kind: "flag", at: at + 2, bit: 0 };
    if (what === "Zapper X") return { kind: "axis", at, axis: "x" };
    if (what === "Zapper Y") return { kind: "axis", at, axis: "y" };
  } else if (device === "arkanoid") {
    if (what === "Fire") return { kind: "flag", at: at + 1, bit: 0 };
    if (what === "Paddle") return { kind: "axis", at, axis: "paddle" };
  } else if (device === "power-pad") {
    const button = Number(/^PP(\d+)$/.exec(what)?.[1] ?? 0) - 1;
    if (button >= 0 && button < 12) return { kind: "flag", at: at + (button >> 3), bit: button & 7 };
  }
  return { kind: "unknown", name, numeric: / [XYZ]$|Paddle|Position|Cycle|Disc|Tilt|Rotation/.test(name) };
}

/** BizHawk's columns of a device, without their player; none if BizHawk does not have the device. */
export function deviceColumns(device: string): readonly string[] {
  switch (device) {
    case "zapper":
      return ["Zapper X", "Zapper Y", "Fire"];
    case "arkanoid":
      return ["Paddle", "Fire"];
    case "power-pad":
      return Array.from({ length: 12 }, (_, index) => `PP${index + 1}`);
    case "oeka-kids-tablet":
      return ["Pen X", "Pen Y", "Click", "Touch"];
    case "family-basic-keyboard":
      // Four keys of a column at a time, from the highest data line down.
      return KEYS.map((_, key) => KEYS[key ^ 3]!);
    default:
      return [];
  }
}

/** The columns of a log without a key: reset and power, then two controllers. */
export const STANDARD_KEY =
  "#Reset|Power|#P1 Up|P1 Down|P1 Left|P1 Right|P1 Start|P1 Select|P1 B|P1 A|#P2 Up|P2 Down|P2 Left|P2 Right|P2 Start|P2 Select|P2 B|P2 A|";

const MAX_OF_AXIS: Readonly<Record<Axis, number>> = {
  x: 255,
  y: 255,
  paddle: 160,
  "pen-y": SCREEN_HEIGHT - 1,
};

/**
 * Writes the value of an axis into device data. Throws `InputError` ("data") with `line` and `column` when
 * the value is outside the range of the device.
 */
export function putAxis(
  data: Uint8Array,
  { at, axis }: { readonly at: number; readonly axis: Axis },
  value: number,
  line: number,
  column: number,
): void {
  const max = MAX_OF_AXIS[axis];
  if (value < 0 || value > max)
    throw badText(`a number from 0 to ${max} was expected, not ${value}`, line, column);
  if (axis === "paddle") {
    const position = Math.round(((value - PADDLE_FIRST) * 255) / PADDLE_RANGE);
    data[at] = Math.max(0, Math.min(255, position));
  } else if (axis === "x") data[at] = value;
  else {
    data[at + 1] = value;
    if (axis === "y" && value < SCREEN_HEIGHT) data[at + 2]! |= ON_SCREEN;
  }
}

/** Reads the value that `putAxis` wrote. */
export function bk2AxisOf(
  data: Uint8Array,
  { at, axis }: { readonly at: number; readonly axis: Axis },
): number {
  if (axis === "x") return data[at]!;
  if (axis === "pen-y") return data[at + 1]!;
  if (axis === "y") return (data[at + 2]! & ON_SCREEN) === 0 ? 255 : data[at + 1]!;
  return PADDLE_FIRST + Math.round((data[at]! * PADDLE_RANGE) / 255);
}

/** The name of a column, for errors and warnings. */
export function columnName(column: Column): string {
  return column.kind === "unknown" ? printable(column.name, 40) : column.kind;
}

/** Bytes of one entry of device data. */
export const DATA_BYTES = DEVICE_DATA_BYTES;
