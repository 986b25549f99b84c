import { DEVICE_CONTROLS } from "../../emu/nes/input/device-controls.ts";
import {
  type DeviceSetup,
  EXPANSION_DATA,
  LIGHT_GUNS,
  PORT1_DATA,
  PORT2_DATA,
} from "../../emu/nes/input/devices.ts";
import { BarcodeKeys } from "./barcode-keys.ts";
import { BUTTON_BITS } from "./bindings.ts";
import { type ConsoleKeyboard, KEYBOARDS, rowsOf, type Stroke, strokeOf } from "./console-keyboards.ts";
import { DEVICE_KEYS, type DeviceSwitch, MICROPHONE_KEY, SWITCHES } from "./device-keys.ts";
import { DevicePads } from "./device-pads.ts";
import { GLOVE_KEYS, gloveBytes } from "./glove-hand.ts";
import { HeldDeviceKeys } from "./held-device-keys.ts";
import { labelOfKey } from "./key-labels.ts";
import type { KeyEvent } from "./keys.ts";
import type { KeyState } from "./x11-keys.ts";

/** Receives the bytes that the devices report to the machine. */
export interface DeviceBytes {
  setByte(place: number, value: number): void;
  setMotionPlace(place: number): void;
  move(right: number, down: number): void;
}

/** A point of the picture in the machine's pixels; undefined outside the picture. */
export type PicturePoint = { readonly x: number; readonly y: number } | undefined;

/** A click can be shorter than a frame, so it is stretched to two frames. */
const MIN_CLICK_MS = 40;

const ZAPPER_TRIGGER = 1;
const ZAPPER_ON_SCREEN = 2;

const PEN_DOWN = 1;
const PEN_NEAR = 2;
/**
 * Picture lines of the panel above the Oeka Kids' drawing, whose fields are chosen when the pen comes near:
 * there the mouse is near only while its button is down. https://forums.nesdev.org/viewtopic.php?t=2608
 */
const TABLET_PANEL_LINES = 48;

/** Devices that the mouse turns and rolls. */
const DIALS: readonly string[] = ["arkanoid", "pachinko", "top-rider"];
const ROLLERS: readonly string[] = ["snes-mouse", "subor-mouse", "subor-byte-mouse", "hori-track"];
/** Devices with a pad of their own, whose buttons are those of controller 3. */
const PAD_DEVICES: readonly string[] = ["bandai-hyper-shot", "pachinko", "hori-track", "network-controller"];
/** Devices other than light guns that the mouse points at the picture. */
const POINTERS: readonly string[] = ["oeka-kids-tablet", "power-glove"];

/** The device that is pointed or turned with the mouse, such as `zapper`; empty if there is none. */
function pointedDevice(setup: DeviceSetup | undefined): string {
  const pointed: readonly (string | undefined)[] = [...LIGHT_GUNS, ...DIALS, ...ROLLERS, ...POINTERS];
  return [setup?.port1, setup?.port2, setup?.expansion].find((device) => pointed.includes(device)) ?? "";
}

/** Returns true if a device is pointed or turned, so the terminal must report its mouse. */
export function needsMouse(setup: DeviceSetup | undefined): boolean {
  return pointedDevice(setup) !== "";
}

/** A device whose buttons are keys. */
interface KeyedDevice {
  /** The place of its first byte of buttons. */
  readonly place: number;
  readonly keys: readonly string[];
  /** False if the keys press the buttons of an equal device only. */
  readonly hasKeys: boolean;
  /** The port whose game pad presses its buttons too; none has −1. */
  readonly port: number;
}

/** Devices plugged into the console other than controllers. The mouse and the keyboard operate them. */
export class DeviceInput {
  /** Called when what `withOwnButtons` adds has changed. */
  onButtons: () => void = () => {};
  /** Called when `states` has changed. */
  onStates: () => void = () => {};
  readonly #keyboard: ConsoleKeyboard | undefined;
  readonly #zappers: number[] = [];
  readonly #paddles: number[] = [];
  readonly #mice: number[] = [];
  readonly #tablets: number[] = [];
  readonly #gloves: number[] = [];
  readonly #keyed: KeyedDevice[] = [];
  readonly #pads: DevicePads;
  readonly #barcodes: BarcodeKeys | undefined;
  readonly #switches: readonly DeviceSwitch[];
  /** What the switches have set, by byte of the expansion device's data. */
  readonly #switched = new Map<number, number>();
  readonly #bytes: DeviceBytes;
  readonly #held = new HeldDeviceKeys(() => this.#publish());
  readonly #setup: DeviceSetup;
  readonly #pressedAtMs = [0, 0, 0];
  readonly #buttons = [false, false, false];
  #point: PicturePoint;
  /** The button that a microphone's sound is; 0 without one. */
  readonly #soundBit: number;
  /** True if player 1 also holds what has the buttons of controller 3. */
  readonly #holdsThird: boolean;

  /** `hasMicrophone` is true if the cartridge has one. */
  constructor(setup: DeviceSetup, bytes: DeviceBytes, hasMicrophone = false) {
    this.#setup = setup;
    this.#soundBit = hasMicrophone ? BUTTON_BITS.start << 16 : setup.microphone ? BUTTON_BITS.start << 8 : 0;
    this.#holdsThird = hasMicrophone || PAD_DEVICES.includes(setup.expansion ?? "none");
    this.#bytes = bytes;
    this.#pads = new DevicePads(setup);
    const places = [
      [setup.port1, PORT1_DATA],
      [setup.port2, PORT2_DATA],
      [setup.expansion, EXPANSION_DATA],
    ] as const;
    for (const [device, place] of places) {
      if (device === undefined) continue;
      const keys = DEVICE_KEYS[device];
      const { buttonByte } = DEVICE_CONTROLS[device];
      // The keys of two equal pads are those of player 1.
      const hasKeys = place !== PORT2_DATA || setup.port1 !== device;
      const port = [PORT1_DATA, PORT2_DATA].indexOf(place);
      if (keys !== undefined) this.#keyed.push({ place: place + buttonByte, keys, hasKeys, port });
      if (LIGHT_GUNS.includes(device)) this.#zappers.push(place);
      else if (DIALS.includes(device)) this.#paddles.push(place);
      else if (ROLLERS.includes(device)) this.#mice.push(place);
      else if (device === "oeka-kids-tablet") this.#tablets.push(place);
      else if (device === "power-glove") this.#gloves.push(place);
    }
    const { readsBarcodes } = DEVICE_CONTROLS[setup.expansion ?? "none"];
    this.#barcodes = readsBarcodes === true ? new BarcodeKeys() : undefined;
    this.#switches = SWITCHES[setup.expansion ?? "none"] ?? [];
    this.#keyboard = KEYBOARDS[setup.expansion ?? "none"];
    if (this.#mice[0] !== undefined) bytes.setMotionPlace(this.#mice[0]);
    this.#publish();
  }

  /** Sets whether the terminal reports key releases, and what else knows which keys are down. */
  setReleaseEvents(hasReleases: boolean, state?: KeyState): void {
    this.#held.setReleases(hasReleases, state);
  }

  /** The device that the player's mouse or keyboard works, for a hint: "mouse: zapper". */
  get hints(): string[] {
    if (this.#keyboard !== undefined) return [`keyboard: ${this.#setup.expansion}`];
    const pointed = pointedDevice(this.#setup);
    return [
      ...(pointed === "" ? [] : [`mouse: ${pointed}`]),
      ...(this.#soundBit === 0 ? [] : [`microphone: ${labelOfKey(MICROPHONE_KEY)}`]),
    ];
  }

  /** What is switched on, or being typed, on the devices: "tape plays", "barcode 4902". */
  get states(): string[] {
    const switched = this.#switches.map(({ byte, state }) => state(this.#switched.get(byte) ?? 0));
    return [...switched, this.#barcodes?.state ?? ""].filter((state) => state !== "");
  }

  /** Returns true if a key, as in bindings, goes to a device and does nothing else. */
  takes(name: string): boolean {
    if (name.startsWith("ctrl+")) return false;
    const alt = name.startsWith("alt+");
    const key = alt ? name.slice("alt+".length) : name;
    const event: KeyEvent = { key, kind: "press", shift: false, alt, control: false };
    return this.#switches.some((each) => each.key === key) || this.#knows(event);
  }

  /** Moves the pointer there. */
  pointAt(point: PicturePoint): void {
    const before = this.#point;
    this.#point = point;
    if (before !== undefined && point !== undefined && this.#mice.length > 0) {
      this.#bytes.move(point.x - before.x, point.y - before.y);
    }
    this.#publish();
  }

  /** Presses or releases a mouse button. The right one shoots off-screen. */
  button(button: number, isDown: boolean): void {
    if (isDown) {
      this.#pressedAtMs[button] = performance.now();
      this.#setButton(button, true);
      return;
    }
    const left = (this.#pressedAtMs[button] ?? 0) + MIN_CLICK_MS - performance.now();
    if (left <= 0) this.#setButton(button, false);
    else setTimeout(() => this.#setButton(button, false), left);
  }

  /**
   * The buttons of four controllers when those of player 1 also press a device's own pad, and with the
   * microphone's sound. Only the word of the keyboard gets the sound.
   */
  withOwnButtons(word: number, isKeyboard: boolean): number {
    const pad = this.#holdsThird ? (word & 0xff) << 16 : 0;
    const sound = isKeyboard && this.#held.has(MICROPHONE_KEY) ? this.#soundBit : 0;
    return (word | pad | sound) >>> 0;
  }

  /**
   * Sets what the game pad of a port, 0 or 1, holds, as in `PadState.wide`. Returns true if a device there
   * has buttons that a controller lacks.
   */
  setPad(port: number, buttons: number): boolean {
    const isUsed = this.#pads.set(port, buttons);
    if (isUsed) this.#publish();
    return isUsed;
  }

  /** What game pads hold, as `withOwnButtons`, from the words of a controller's held and turbo buttons. */
  padButtons(held: number, turbo: number): readonly [held: number, turbo: number] {
    const [word, turboWord] = this.#pads.controllers(held, turbo);
    return [this.withOwnButtons(word, false), this.withOwnButtons(turboWord, false)];
  }

  /** Handles a key event. Returns true if a device used it. */
  key(event: KeyEvent): boolean {
    if (event.control) return false;
    const code = this.#barcodes?.key(event);
    if (code !== undefined) {
      // The number of digits comes last: with it, the machine's thread takes the code for complete.
      for (let byte = code.length - 1; byte >= 0; byte--)
        this.#bytes.setByte(EXPANSION_DATA + byte, code[byte] ?? 0);
      this.onStates();
      return true;
    }
    const pressed = this.#switches.find(({ key }) => key === event.key);
    if (pressed !== undefined) return this.#switch(pressed, event);
    // The modifiers of a release can differ from those of the press.
    if (event.kind === "release" && this.#held.has(event.key)) this.#held.release(event.key);
    else if (!this.#knows(event)) return false;
    else if (event.kind !== "release") this.#held.press(event.key, this.#strokeOf(event));
    this.#publish();
    return true;
  }

  /** Releases everything. */
  release(): void {
    this.#held.clear();
    this.#buttons.fill(false);
    this.#publish();
  }

  #switch({ byte, next }: DeviceSwitch, { kind }: KeyEvent): true {
    if (kind !== "press") return true;
    const value = next(this.#switched.get(byte) ?? 0);
    this.#switched.set(byte, value);
    this.#bytes.setByte(EXPANSION_DATA + byte, value);
    this.onStates();
    return true;
  }

  #strokeOf(event: KeyEvent): Stroke | undefined {
    return this.#keyboard === undefined ? undefined : strokeOf(this.#keyboard, event);
  }

  #knows(event: KeyEvent): boolean {
    if (this.#keyboard !== undefined) return this.#strokeOf(event) !== undefined;
    const { key } = event;
    if (key === MICROPHONE_KEY && this.#soundBit !== 0) return true;
    if (this.#gloves.length > 0 && GLOVE_KEYS.includes(key)) return true;
    return this.#keyed.some(({ keys }) => keys.includes(key));
  }

  #setButton(button: number, isDown: boolean): void {
    this.#buttons[button] = isDown;
    this.#publish();
  }

  #publish(): void {
    this.onButtons();
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
    for (const place of this.#tablets) {
      bytes.setByte(place, x);
      bytes.setByte(place + 1, y);
      const isNear = onScreen && (left === true || y >= TABLET_PANEL_LINES);
      bytes.setByte(place + 2, (left ? PEN_DOWN : 0) | (isNear ? PEN_NEAR : 0));
    }
    for (const place of this.#gloves) {
      const hand = gloveBytes(this.#point, { left: left === true, right: right === true }, this.#held);
      for (const [byte, value] of hand.entries()) bytes.setByte(place + byte, value);
    }
    for (const device of this.#keyed) this.#publishKeys(device);
    if (this.#keyboard !== undefined) this.#publishKeyboard(this.#keyboard);
  }

  /** One bit per key, the first lowest. */
  #publishKeys({ place, keys, hasKeys, port }: KeyedDevice): void {
    let held = this.#pads.bitsOf(port);
    for (const [index, key] of keys.entries()) if (hasKeys && this.#held.has(key)) held |= 1 << index;
    for (let byte = 0; byte < Math.ceil(keys.length / 8); byte++)
      this.#bytes.setByte(place + byte, (held >> (8 * byte)) & 0xff);
  }

  #publishKeyboard(keyboard: ConsoleKeyboard): void {
    const rows = rowsOf(keyboard, this.#held.strokes);
    for (const [row, keys] of rows.entries()) this.#bytes.setByte(EXPANSION_DATA + row, keys);
  }
}
