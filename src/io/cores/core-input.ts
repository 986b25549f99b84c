import { INPUT_MASK_ID } from "../ffi/retro-blocks.ts";
import { inputPlace } from "../ffi/retro-callbacks.ts";
import {
  DEVICE_ANALOG,
  DEVICE_JOYPAD,
  DEVICE_LIGHTGUN,
  DEVICE_MOUSE,
  DEVICE_POINTER,
  JOYPAD_IDS,
  LIGHTGUN_AUX_A,
  LIGHTGUN_AUX_B,
  LIGHTGUN_IS_OFFSCREEN,
  LIGHTGUN_RELOAD,
  LIGHTGUN_SCREEN_X,
  LIGHTGUN_SCREEN_Y,
  LIGHTGUN_SELECT,
  LIGHTGUN_START,
  LIGHTGUN_TRIGGER,
  LIGHTGUN_X,
  LIGHTGUN_Y,
  MOUSE_LEFT,
  MOUSE_MIDDLE,
  MOUSE_RIGHT,
  MOUSE_X,
  MOUSE_Y,
  POINTER_COUNT,
  POINTER_PRESSED,
  POINTER_X,
  POINTER_Y,
} from "./libretro.ts";

/** Buttons per port in the input word of a core, which has two ports: see `JOYPAD_IDS`. */
export const CORE_BUTTONS_PER_PORT = 16;
const WORD_PORTS = 2;

/**
 * Offsets of the bytes of `InputSource.latchDevices`: the buttons of ports 3 and 4, for multitaps, 16 bits
 * each; two sticks of port 1 with two signed bytes each; a pointer; the movement and buttons of a mouse.
 */
const DEVICE_PORT3_BUTTONS = 0;
export const STICKS_PLACE = 4;
/**
 * Position from left to right and from top to bottom, signed 16 bits: −32,767 to 32,767 across the picture.
 */
const DEVICE_POINTER_X = 8;
const DEVICE_POINTER_Y = 10;
/**
 * Bit 0 is the left button, 1 the right, 2 the middle one; bit 7 is set while the pointer is inside the
 * picture.
 */
const DEVICE_MOUSE_BUTTONS = 12;
/** Movement to the right and down, as signed bytes. */
const DEVICE_MOTION = 13;

const MULTITAP_PORTS = 2;
const STICK_AXES = 4;
const POINTER_INSIDE = 0x80;
const OUTSIDE = -0x8000;
const JOYPAD_SELECT = 2;
const JOYPAD_START = 3;

/** Where `CorePointer` writes. */
export const CORE_POINTER_PLACES = {
  x: DEVICE_POINTER_X,
  y: DEVICE_POINTER_Y,
  buttons: DEVICE_MOUSE_BUTTONS,
  inside: POINTER_INSIDE,
  motion: DEVICE_MOTION,
} as const;

/** Writes the buttons of port 3 or 4, which come from 2 on: these are not in the word of buttons. */
export function setMultitapButtons(
  bytes: { setByte(place: number, value: number): void },
  port: number,
  buttons: number,
): void {
  const place = DEVICE_PORT3_BUTTONS + 2 * (port - WORD_PORTS);
  bytes.setByte(place, buttons & 0xff);
  bytes.setByte(place + 1, (buttons >>> 8) & 0xff);
}

/** Writes what `Gamepads.onMore` reports. */
export function sendPads(
  bytes: { setByte(place: number, value: number): void },
  buttons: number,
  sticks: Int8Array,
): void {
  for (let port = 0; port < MULTITAP_PORTS; port++)
    setMultitapButtons(bytes, WORD_PORTS + port, buttons >>> (CORE_BUTTONS_PER_PORT * port));
  for (const [axis, value] of sticks.entries()) bytes.setByte(STICKS_PLACE + axis, value & 0xff);
}

/** Fills the table of input values for the next frame from the latched word and bytes. */
export function fillInput(table: Int16Array, buttons: number, devices: Uint8Array): void {
  for (let port = 0; port < WORD_PORTS; port++)
    fillJoypad(table, port, (buttons >>> (CORE_BUTTONS_PER_PORT * port)) & 0xffff);
  for (let port = 0; port < MULTITAP_PORTS; port++) {
    const at = DEVICE_PORT3_BUTTONS + 2 * port;
    fillJoypad(table, WORD_PORTS + port, devices[at]! | (devices[at + 1]! << 8));
  }
  for (let axis = 0; axis < STICK_AXES; axis++) {
    const value = Math.max(-127, signed(devices[STICKS_PLACE + axis]!, 8));
    table[inputPlace(0, DEVICE_ANALOG, axis >> 1, axis & 1)] = Math.round((value * 0x7fff) / 127);
  }
  fillPointers(table, devices);
}

function fillJoypad(table: Int16Array, port: number, buttons: number): void {
  let mask = 0;
  for (let bit = 0; bit < JOYPAD_IDS.length; bit++) {
    const isDown = (buttons >> bit) & 1;
    const id = JOYPAD_IDS[bit]!;
    table[inputPlace(port, DEVICE_JOYPAD, 0, id)] = isDown;
    mask |= isDown << id;
  }
  table[inputPlace(port, DEVICE_JOYPAD, 0, INPUT_MASK_ID)] = mask;
}

/** The pointer serves as touch, mouse and light gun, in either port. */
function fillPointers(table: Int16Array, devices: Uint8Array): void {
  const buttons = devices[DEVICE_MOUSE_BUTTONS]!;
  const isInside = (buttons & POINTER_INSIDE) !== 0;
  const x = signed(devices[DEVICE_POINTER_X]! | (devices[DEVICE_POINTER_X + 1]! << 8), 16);
  const y = signed(devices[DEVICE_POINTER_Y]! | (devices[DEVICE_POINTER_Y + 1]! << 8), 16);
  const left = buttons & 1;
  const right = (buttons >> 1) & 1;
  const middle = (buttons >> 2) & 1;
  const movedX = signed(devices[DEVICE_MOTION]!, 8);
  const movedY = signed(devices[DEVICE_MOTION + 1]!, 8);
  for (let port = 0; port < WORD_PORTS; port++) {
    const set = (device: number, id: number, value: number): void => {
      table[inputPlace(port, device, 0, id)] = value;
    };
    set(DEVICE_POINTER, POINTER_X, x);
    set(DEVICE_POINTER, POINTER_Y, y);
    set(DEVICE_POINTER, POINTER_PRESSED, isInside ? left : 0);
    set(DEVICE_POINTER, POINTER_COUNT, isInside ? left : 0);
    set(DEVICE_MOUSE, MOUSE_X, movedX);
    set(DEVICE_MOUSE, MOUSE_Y, movedY);
    set(DEVICE_MOUSE, MOUSE_LEFT, left);
    set(DEVICE_MOUSE, MOUSE_RIGHT, right);
    set(DEVICE_MOUSE, MOUSE_MIDDLE, middle);
    set(DEVICE_LIGHTGUN, LIGHTGUN_SCREEN_X, isInside ? x : OUTSIDE);
    set(DEVICE_LIGHTGUN, LIGHTGUN_SCREEN_Y, isInside ? y : OUTSIDE);
    set(DEVICE_LIGHTGUN, LIGHTGUN_X, movedX);
    set(DEVICE_LIGHTGUN, LIGHTGUN_Y, movedY);
    set(DEVICE_LIGHTGUN, LIGHTGUN_IS_OFFSCREEN, isInside ? 0 : 1);
    set(DEVICE_LIGHTGUN, LIGHTGUN_TRIGGER, left);
    set(DEVICE_LIGHTGUN, LIGHTGUN_RELOAD, right);
    set(DEVICE_LIGHTGUN, LIGHTGUN_AUX_A, right);
    set(DEVICE_LIGHTGUN, LIGHTGUN_AUX_B, middle);
    set(DEVICE_LIGHTGUN, LIGHTGUN_START, table[inputPlace(port, DEVICE_JOYPAD, 0, JOYPAD_START)]!);
    set(DEVICE_LIGHTGUN, LIGHTGUN_SELECT, table[inputPlace(port, DEVICE_JOYPAD, 0, JOYPAD_SELECT)]!);
  }
}

function signed(value: number, bits: 8 | 16): number {
  return (value << (32 - bits)) >> (32 - bits);
}
