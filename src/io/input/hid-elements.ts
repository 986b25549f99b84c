/**
 * Maps a HID device's elements to the buttons and axes that Linux has for them.
 * https://usb.org/sites/default/files/hut1_5.pdf
 */
import { ABS_HAT0X, ABS_HAT0Y, ABS_X, ABS_Y, BTN_GAMEPAD, BTN_JOYSTICK, type PadState } from "./evdev.ts";

const PAGE_DESKTOP = 0x01;
const PAGE_BUTTONS = 0x09;
const USAGE_X = 0x30;
const USAGE_Y = 0x31;
const USAGE_HAT = 0x39;
/** A directional pad of four elements: up, down, right, left. */
const USAGE_CROSS = 0x90;
const CROSS_KEYS = [0x220, 0x221, 0x223, 0x222] as const;

/** An element of a device's description. */
export interface HidElement {
  readonly page: number;
  readonly usage: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Determines the order in which a device numbers its buttons. */
export interface HidIdentity {
  readonly vendor: number;
  /** Number of its buttons. */
  readonly buttons: number;
}

const SONY = 0x054c;
const NINTENDO = 0x057e;
/**
 * Sony's order begins with the left, lower, right and upper button; Nintendo's with the lower, right, left
 * and upper one.
 */
const SONY_KEYS = [0x134, 0x130, 0x131, 0x133, 0, 0, 0, 0, 0x13a, 0x13b] as const;
const NINTENDO_KEYS = [0x130, 0x131, 0x134, 0x133, 0, 0, 0, 0, 0x13a, 0x13b] as const;
/**
 * Devices with at least this many buttons number them like the kernel: from BTN_SOUTH to BTN_START and on.
 */
const GAMEPAD_BUTTONS = 12;

/** Event code of a HID button number, which counts from 1. Returns 0 for a button without a function. */
function keyOfButton(number: number, { vendor, buttons }: HidIdentity): number {
  if (vendor === SONY) return SONY_KEYS[number - 1] ?? 0;
  if (vendor === NINTENDO) return NINTENDO_KEYS[number - 1] ?? 0;
  return (buttons >= GAMEPAD_BUTTONS ? BTN_GAMEPAD : BTN_JOYSTICK) + number - 1;
}

/** Returns true if an element controls the game. */
export function isPlayable({ page, usage }: HidElement): boolean {
  if (page === PAGE_BUTTONS) return usage > 0;
  if (page !== PAGE_DESKTOP) return false;
  return (
    usage === USAGE_X ||
    usage === USAGE_Y ||
    usage === USAGE_HAT ||
    (usage >= USAGE_CROSS && usage < USAGE_CROSS + 4)
  );
}

/** Returns true if an element is a button. */
export function isButton({ page }: HidElement): boolean {
  return page === PAGE_BUTTONS;
}

/** The stick axis that an element stands for; undefined for any other element. */
export function hidAxisOf({ page, usage }: HidElement): number | undefined {
  if (page !== PAGE_DESKTOP) return undefined;
  return usage === USAGE_X ? ABS_X : usage === USAGE_Y ? ABS_Y : undefined;
}

/** Updates `state` with an element's value. */
export function applyValue(element: HidElement, value: number, identity: HidIdentity, state: PadState): void {
  const axis = hidAxisOf(element);
  if (axis !== undefined) state.setAxis(axis, value);
  else if (isButton(element)) {
    const key = keyOfButton(element.usage, identity);
    if (key !== 0) state.setKey(key, value !== 0);
  } else if (element.usage === USAGE_HAT) applyHat(value - element.minimum, state);
  else state.setKey(CROSS_KEYS[element.usage - USAGE_CROSS]!, value !== 0);
}

/** Eight directions, clockwise from up; any other value is the middle. */
function applyHat(direction: number, state: PadState): void {
  const isTurned = direction >= 0 && direction < 8;
  const angle = (direction * Math.PI) / 4;
  state.setAxis(ABS_HAT0X, isTurned ? Math.round(Math.sin(angle)) : 0);
  state.setAxis(ABS_HAT0Y, isTurned ? -Math.round(Math.cos(angle)) : 0);
}
