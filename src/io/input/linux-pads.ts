import { closeSync, constants, openSync, readdirSync, readFileSync } from "node:fs";
import { errno, linuxC, linuxIo } from "../ffi/libc.ts";
import { type AxisRange, BTN_GAMEPAD, BTN_JOYSTICK, EVENT_BYTES, PAD_AXES, type PadState } from "./evdev.ts";
import type { PadDevice, PadDevices } from "./gamepads.ts";

/** Ranges of the button codes of pads and joysticks. */
const PAD_BUTTONS = [
  [BTN_JOYSTICK, BTN_JOYSTICK + 0x0f],
  [BTN_GAMEPAD, BTN_GAMEPAD + 0x0e],
] as const;
/** Letters: a device that has one is a keyboard. */
const KEY_Q = 16;

/** ioctl requests of <linux/input.h>: an axis's value and range, and the keys that are down. */
const EVIOCGABS = 0x80184540;
const KEY_BYTES = 96;
const EVIOCGKEY = 0x80004518 + KEY_BYTES * 0x10000;

/** For a pad whose range cannot be read: that of 8-bit sticks. Hats are −1 to 1 everywhere. */
const USUAL_RANGE: AxisRange = { minimum: 0, maximum: 255 };
const HAT_RANGE: AxisRange = { minimum: -1, maximum: 1 };
const FIRST_HAT = 0x10;

/** Maximum number of events per read. */
const MAX_EVENTS = 64;

const EAGAIN = 11;
const EINTR = 4;

/** Parses a set of bits as the kernel prints it: hexadecimal words of 64 bits, the highest first. */
export function parseBits(text: string): (bit: number) => boolean {
  const words = text.trim().split(/\s+/).reverse();
  return (bit) => ((BigInt(`0x${words[Math.floor(bit / 64)] || "0"}`) >> BigInt(bit % 64)) & 1n) === 1n;
}

/**
 * Pads of Linux's event devices. Users at the computer may open them without being root: udev's rule
 * 70-uaccess grants access to devices that it classifies as joysticks, but not to keyboards.
 */
export class LinuxPads implements PadDevices {
  readonly #deviceFolder: string;
  readonly #systemFolder: string;

  /** Tests pass other folders. */
  constructor(deviceFolder = "/dev/input", systemFolder = "/sys/class/input") {
    this.#deviceFolder = deviceFolder;
    this.#systemFolder = systemFolder;
  }

  list(): readonly string[] {
    try {
      const names = readdirSync(this.#deviceFolder).filter((name) => /^event\d+$/.test(name));
      // The order in which the kernel found them, so that ports are the same every time.
      return names.sort((one, other) => Number(one.slice(5)) - Number(other.slice(5)));
    } catch {
      // No input devices here, as in a container.
      return [];
    }
  }

  open(device: string): PadDevice | "later" | undefined {
    const about = (file: string) => readFileSync(`${this.#systemFolder}/${device}/device/${file}`, "utf8");
    try {
      const hasKey = parseBits(about("capabilities/key"));
      const hasAxis = parseBits(about("capabilities/abs"));
      if (!isPad(hasKey)) return undefined;
      const axes = PAD_AXES.filter(hasAxis);
      const fd = openSync(`${this.#deviceFolder}/${device}`, constants.O_RDONLY | constants.O_NONBLOCK);
      return new LinuxPad(about("name").trim(), fd, axes);
    } catch {
      // It is already gone, or we have no access yet.
      return "later";
    }
  }
}

function isPad(hasKey: (key: number) => boolean): boolean {
  if (hasKey(KEY_Q)) return false;
  for (const [first, last] of PAD_BUTTONS)
    for (let key: number = first; key <= last; key++) if (hasKey(key)) return true;
  return false;
}

class LinuxPad implements PadDevice {
  readonly name: string;
  readonly axes: ReadonlyMap<number, AxisRange>;
  readonly #fd: number;
  /** struct input_absinfo: value, minimum, maximum, fuzz, flat, resolution. */
  readonly #axisInfo = new Int32Array(new SharedArrayBuffer(24));
  readonly #events = new Uint8Array(MAX_EVENTS * EVENT_BYTES);
  /** Events do not report what was held before we opened the device. */
  #isNew = true;
  readonly #keys = new Uint8Array(new SharedArrayBuffer(KEY_BYTES));

  constructor(name: string, fd: number, axes: readonly number[]) {
    this.name = name;
    this.#fd = fd;
    this.axes = new Map(axes.map((axis) => [axis, this.#rangeOf(axis)]));
  }

  poll(state: PadState): boolean {
    if (this.#isNew) this.#restore(state);
    this.#isNew = false;
    for (;;) {
      const length = linuxIo()?.read(this.#fd, this.#events, this.#events.length) ?? -1;
      if (length > 0) {
        if (state.feed(this.#events, length)) this.#restore(state);
        continue;
      }
      if (length === 0) return false;
      const code = errno();
      return code === EAGAIN || code === EINTR;
    }
  }

  /** Reads what is held right now: at the start and after lost events. */
  #restore(state: PadState): void {
    const answer = linuxC()?.ioctl(this.#fd, EVIOCGKEY, this.#keys) ?? -1;
    if (answer >= 0)
      for (let key = BTN_JOYSTICK; key < KEY_BYTES * 8; key++)
        state.setKey(key, (this.#keys[key >> 3]! & (1 << (key & 7))) !== 0);
    for (const axis of this.axes.keys()) if (this.#readAxis(axis)) state.setAxis(axis, this.#axisInfo[0]!);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #readAxis(axis: number): boolean {
    return linuxC()?.ioctl(this.#fd, EVIOCGABS + axis, this.#axisInfo) === 0;
  }

  #rangeOf(axis: number): AxisRange {
    if (this.#readAxis(axis)) return { minimum: this.#axisInfo[1]!, maximum: this.#axisInfo[2]! };
    return axis >= FIRST_HAT ? HAT_RANGE : USUAL_RANGE;
  }
}
