import { type DeviceSetup, EXPANSION_DATA, PORT1_DATA, PORT2_DATA } from "../../emu/nes/input/devices.ts";
import { FAMILY_BASIC_KEYS } from "../../emu/nes/input/keyboard.ts";
import type { KeyEvent } from "./keys.ts";

/** Where what the devices see is written. */
export interface DeviceBytes {
  setByte(place: number, value: number): void;
  setMotionPlace(place: number): void;
  move(right: number, down: number): void;
}

/** A point of the picture in the machine's pixels; undefined beside it. */
export type PicturePoint = { readonly x: number; readonly y: number } | undefined;

/** A click may be shorter than a frame: it counts for two. */
const SHORTEST_CLICK_MS = 40;
/** Keys of terminals that never say when one is let go. */
const TAP_MS = 120;

const ZAPPER_TRIGGER = 1;
const ZAPPER_ON_SCREEN = 2;

/** The Power Pad's buttons 1–12 by key. */
const POWER_PAD_KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "="];

/** Keys of a terminal for those of the Family BASIC keyboard that have other names. */
const KEYBOARD_NAMES: Readonly<Record<string, string>> = {
  enter: "RETURN",
  escape: "ESC",
  space: "SPACE",
  backspace: "DEL",
  delete: "DEL",
  insert: "INS",
  home: "CLR",
  end: "STOP",
  tab: "CTR",
  left_control: "CTR",
  left_shift: "LSHIFT",
  right_shift: "RSHIFT",
  left_alt: "GRPH",
  right_alt: "KANA",
  "=": "^",
  "'": ":",
  "`": "@",
};

/** Whether any device is pointed or turned, so that the terminal has to report its mouse. */
export function needsMouse(setup: DeviceSetup | undefined): boolean {
  const pointed: readonly (string | undefined)[] = ["zapper", "arkanoid", "snes-mouse"];
  return [setup?.port1, setup?.port2, setup?.expansion].some((device) => pointed.includes(device));
}

/** What is plugged into the console and is no controller: the mouse and the keyboard work it. */
export class DeviceInput {
  /** Whether keys go to a keyboard of the console, but for those with Ctrl. */
  readonly usesKeyboard: boolean;
  readonly #zappers: number[] = [];
  readonly #paddles: number[] = [];
  readonly #mice: number[] = [];
  readonly #pads: number[] = [];
  readonly #bytes: DeviceBytes;
  readonly #held = new Map<string, ReturnType<typeof setTimeout> | undefined>();
  readonly #pressedAtMs = [0, 0, 0];
  readonly #buttons = [false, false, false];
  #point: PicturePoint;
  #hasReleases = false;

  constructor(setup: DeviceSetup, bytes: DeviceBytes) {
    this.#bytes = bytes;
    const places = [
      [setup.port1, PORT1_DATA],
      [setup.port2, PORT2_DATA],
      [setup.expansion, EXPANSION_DATA],
    ] as const;
    for (const [device, place] of places) {
      if (device === "zapper") this.#zappers.push(place);
      else if (device === "arkanoid") this.#paddles.push(place);
      else if (device === "snes-mouse") this.#mice.push(place);
      else if (device === "power-pad") this.#pads.push(place);
    }
    this.usesKeyboard = setup.expansion === "family-basic-keyboard";
    if (this.#mice[0] !== undefined) bytes.setMotionPlace(this.#mice[0]);
    this.#publish();
  }

  /** Whether the terminal says when keys are let go. */
  setReleaseEvents(hasReleases: boolean): void {
    this.#hasReleases = hasReleases;
  }

  /** The pointer is there now. */
  pointAt(point: PicturePoint): void {
    const before = this.#point;
    this.#point = point;
    if (before !== undefined && point !== undefined && this.#mice.length > 0) {
      this.#bytes.move(point.x - before.x, point.y - before.y);
    }
    this.#publish();
  }

  /** A button of the mouse goes down or up. The right one shoots beside the screen. */
  button(button: number, isDown: boolean): void {
    if (isDown) {
      this.#pressedAtMs[button] = performance.now();
      this.#setButton(button, true);
      return;
    }
    const left = (this.#pressedAtMs[button] ?? 0) + SHORTEST_CLICK_MS - performance.now();
    if (left <= 0) this.#setButton(button, false);
    else setTimeout(() => this.#setButton(button, false), left);
  }

  /** A key; returns whether a device has taken it. */
  key(event: KeyEvent): boolean {
    if (event.control || !this.#knows(event.key)) return false;
    clearTimeout(this.#held.get(event.key));
    if (event.kind === "release") this.#held.delete(event.key);
    else this.#held.set(event.key, this.#hasReleases ? undefined : this.#tap(event.key));
    this.#publish();
    return true;
  }

  /** Lets go of everything. */
  release(): void {
    for (const timer of this.#held.values()) clearTimeout(timer);
    this.#held.clear();
    this.#buttons.fill(false);
    this.#publish();
  }

  #tap(key: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      this.#held.delete(key);
      this.#publish();
    }, TAP_MS);
  }

  #knows(key: string): boolean {
    if (this.usesKeyboard) return keyboardPlace(key) !== undefined;
    return this.#pads.length > 0 && POWER_PAD_KEYS.includes(key);
  }

  #setButton(button: number, isDown: boolean): void {
    this.#buttons[button] = isDown;
    this.#publish();
  }

  #publish(): void {
    const bytes = this.#bytes;
    const [left, , right] = this.#buttons;
    const { x = 0, y = 0 } = this.#point ?? {};
    const onScreen = this.#point !== undefined && !right;
    const trigger = left || right ? ZAPPER_TRIGGER : 0;
    for (const place of this.#zappers) {
      bytes.setByte(place, x);
      bytes.setByte(place + 1, y);
      bytes.setByte(place + 2, trigger | (onScreen ? ZAPPER_ON_SCREEN : 0));
    }
    for (const place of this.#paddles) {
      if (this.#point !== undefined) bytes.setByte(place, x);
      bytes.setByte(place + 1, left ? 1 : 0);
    }
    for (const place of this.#mice) bytes.setByte(place + 2, (left ? 1 : 0) | (right ? 2 : 0));
    for (const place of this.#pads) this.#publishPad(place);
    if (this.usesKeyboard) this.#publishKeyboard();
  }

  #publishPad(place: number): void {
    let held = 0;
    for (const [index, key] of POWER_PAD_KEYS.entries()) if (this.#held.has(key)) held |= 1 << index;
    this.#bytes.setByte(place, held & 0xff);
    this.#bytes.setByte(place + 1, held >> 8);
  }

  #publishKeyboard(): void {
    const rows = FAMILY_BASIC_KEYS.map(() => 0);
    for (const key of this.#held.keys()) {
      const found = keyboardPlace(key);
      if (found !== undefined) rows[found.row]! |= 1 << found.bit;
    }
    for (const [row, keys] of rows.entries()) this.#bytes.setByte(EXPANSION_DATA + row, keys);
  }
}

function keyboardPlace(key: string): { row: number; bit: number } | undefined {
  const name = KEYBOARD_NAMES[key] ?? key.toUpperCase();
  for (const [row, names] of FAMILY_BASIC_KEYS.entries()) {
    const bit = names.indexOf(name);
    if (bit >= 0) return { row, bit };
  }
  return undefined;
}
