import { TAPE_BUTTONS_BYTE } from "../../emu/nes/input/storage-devices.ts";

/** Keys of a mat's buttons 1–12. */
const MAT_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "="];
const MAHJONG_KEYS = [..."abcdefghijklmn", "tab", "enter", "1", "2", "3", "4", "5"];

/** The key that is sound at a microphone while it is held: the mouth's shape. */
export const MICROPHONE_KEY = "o";

/** The key of each of a device's buttons. */
export const DEVICE_KEYS: Readonly<Record<string, readonly string[]>> = {
  "power-pad": MAT_KEYS,
  "family-trainer": MAT_KEYS,
  "party-tap": MAT_KEYS.slice(0, 6),
  "exciting-boxing": MAT_KEYS.slice(0, 8),
  mahjong: MAHJONG_KEYS,
  "snes-pad": ["b", "t", "q", "e"],
  "virtual-boy-pad": ["2", "4", "6", "8", "q", "e"],
  "network-controller": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", ".", "c", "end"],
  "top-rider": MAT_KEYS.slice(0, 9),
};

/** A key that changes a byte of the expansion device's data each time it is pressed. */
export interface DeviceSwitch {
  readonly key: string;
  readonly byte: number;
  readonly next: (value: number) => number;
  /** What it does, in the words of a help page. */
  readonly about: string;
  /** What is on with this value of the byte, for the status row; empty for the usual one. */
  readonly state: (value: number) => string;
}

/** Presses a button that stays down until it, or another one of the device, is pressed again. */
function toggle(key: string, byte: number, bit: number, about: string, state: string): DeviceSwitch {
  const next = (value: number) => (value === bit ? 0 : bit);
  return { key, byte, next, about, state: (value) => (value === bit ? state : "") };
}

const PROTECT = toggle("f9", 1, 1, "protect its memory, or not", "protected");
const BANK: DeviceSwitch = {
  key: "f10",
  byte: 0,
  next: (bank) => (bank + 1) & 3,
  about: "next bank",
  state: (bank) => `bank ${bank}`,
};
const TAPE = [
  ["play", "tape plays"],
  ["record", "tape records"],
  ["rewind", "tape rewinds"],
].map(([about, state], bit) =>
  toggle(`f${9 + bit}`, TAPE_BUTTONS_BYTE, 1 << bit, `${about}, until the next press`, state!),
);
export const SWITCHES: Readonly<Record<string, readonly DeviceSwitch[]>> = {
  "turbo-file": [PROTECT],
  "turbo-file-2": [PROTECT, BANK],
  "data-recorder": TAPE,
  "silent-data-recorder": TAPE,
};
