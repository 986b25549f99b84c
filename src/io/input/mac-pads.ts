import { type Pointer, ptr, read } from "bun:ffi";
import { type HidLibrary, macHid } from "../ffi/pad-libraries.ts";
import { ABS_HAT0X, ABS_HAT0Y, type AxisRange, type PadState } from "./evdev.ts";
import type { PadDevice, PadDevices } from "./gamepads.ts";
import {
  applyValue,
  type HidElement,
  type HidIdentity,
  hidAxisOf,
  isButton,
  isPlayable,
} from "./hid-elements.ts";

/**
 * Joysticks, game pads and multi-axis controllers. Keyboards are left out because they need the user's
 * permission.
 */
const USAGES = [4, 5, 8];
const MATCHING = `<array>${USAGES.map(
  (usage) =>
    `<dict><key>DeviceUsagePage</key><integer size="32">0x1</integer>` +
    `<key>DeviceUsage</key><integer size="32">${usage}</integer></dict>`,
).join("")}</array>\0`;
const UTF8 = 0x08000100;
const NUMBER_SINT32 = 3;
const MAX_DEVICES = 32;
const TEXT_BYTES = 128;
const HAT: AxisRange = { minimum: -1, maximum: 1 };

/** An element with the pointers by which IOKit identifies it and its device. */
interface Element extends HidElement {
  readonly pointer: Pointer;
}

/**
 * Pads on macOS, by IOKit's HID manager. No callbacks: every scan lists the devices again, and values are
 * polled; the system keeps them current for an open device.
 * https://developer.apple.com/documentation/iokit/iohidmanager_h
 */
export class MacPads implements PadDevices {
  readonly #library: HidLibrary | undefined;
  /** Memory whose address the library gets. Shared memory does not move. */
  readonly #scratch = new SharedArrayBuffer(8 * MAX_DEVICES + TEXT_BYTES);
  readonly #text = new Uint8Array(this.#scratch, 8 * MAX_DEVICES);
  readonly #words = new BigUint64Array(this.#scratch, 0, MAX_DEVICES);
  readonly #matching: Uint8Array;

  /** Tests pass another library. */
  constructor(library: HidLibrary | undefined = macHid()) {
    this.#library = library;
    this.#matching = new Uint8Array(new SharedArrayBuffer(MATCHING.length));
    this.#matching.set(new TextEncoder().encode(MATCHING));
  }

  list(): readonly string[] {
    const names: string[] = [];
    this.#visit((_, id) => {
      names.push(id);
      return false;
    });
    return names;
  }

  open(device: string): PadDevice | "later" {
    let pad: PadDevice | undefined;
    this.#visit((pointer, id, manager) => {
      if (id !== device) return false;
      pad = this.#openDevice(pointer, manager);
      return pad !== undefined;
    });
    return pad ?? "later";
  }

  /** Calls `look` for every device. `look` returns true to keep the manager that the device belongs to. */
  #visit(look: (device: Pointer, id: string, manager: Pointer) => boolean): void {
    const library = this.#library;
    if (library === undefined) return;
    const manager = library.IOHIDManagerCreate(null, 0) as Pointer | null;
    if (manager === null) return;
    const matching = library.IOCFUnserialize(ptr(this.#matching), null, 0, null);
    library.IOHIDManagerSetDeviceMatchingMultiple(manager, matching);
    if (matching !== null) library.CFRelease(matching);
    const set = library.IOHIDManagerCopyDevices(manager);
    let isKept = false;
    if (set !== null) {
      const count = library.CFSetGetCount(set);
      if (count <= MAX_DEVICES) {
        library.CFSetGetValues(set, ptr(this.#words));
        const devices = Array.from(this.#words.subarray(0, count), (word) => Number(word) as Pointer);
        for (const device of devices) isKept = look(device, this.#idOf(device), manager) || isKept;
      }
      library.CFRelease(set);
    }
    if (!isKept) library.CFRelease(manager);
  }

  /** An id that stays the same while the device is plugged in. */
  #idOf(device: Pointer): string {
    const service = this.#library!.IOHIDDeviceGetService(device);
    this.#library!.IORegistryEntryGetRegistryEntryID(service, ptr(this.#words));
    return `${this.#words[0]}`;
  }

  #openDevice(device: Pointer, manager: Pointer): PadDevice | undefined {
    const library = this.#library!;
    if (library.IOHIDDeviceOpen(device, 0) !== 0) return undefined;
    const elements = this.#elementsOf(device).filter(isPlayable);
    const identity = {
      vendor: this.#numberOf(device, "VendorID"),
      buttons: elements.filter(isButton).length,
    };
    return {
      name: this.#textOf(device, "Product"),
      axes: axesOf(elements),
      poll: (state) => this.#poll(device, elements, identity, state),
      close: () => {
        library.IOHIDDeviceClose(device, 0);
        library.CFRelease(manager);
      },
    };
  }

  #poll(device: Pointer, elements: readonly Element[], identity: HidIdentity, state: PadState): boolean {
    const library = this.#library!;
    for (const element of elements) {
      if (library.IOHIDDeviceGetValue(device, element.pointer, ptr(this.#words)) !== 0) return false;
      const value = read.ptr(ptr(this.#words), 0) as Pointer;
      applyValue(element, library.IOHIDValueGetIntegerValue(value), identity, state);
    }
    return true;
  }

  #elementsOf(device: Pointer): Element[] {
    const library = this.#library!;
    const array = library.IOHIDDeviceCopyMatchingElements(device, null, 0);
    if (array === null) return [];
    // Elements live as long as their device.
    const elements = Array.from({ length: library.CFArrayGetCount(array) }, (_, index) => {
      const pointer = library.CFArrayGetValueAtIndex(array, index) as Pointer;
      return {
        pointer,
        page: library.IOHIDElementGetUsagePage(pointer),
        usage: library.IOHIDElementGetUsage(pointer),
        minimum: library.IOHIDElementGetLogicalMin(pointer),
        maximum: library.IOHIDElementGetLogicalMax(pointer),
      };
    });
    library.CFRelease(array);
    return elements;
  }

  #property<Result>(
    device: Pointer,
    key: string,
    use: (property: Pointer) => Result,
    without: Result,
  ): Result {
    const library = this.#library!;
    this.#text.set(new TextEncoder().encode(`${key}\0`));
    const name = library.CFStringCreateWithCString(null, ptr(this.#text), UTF8);
    if (name === null) return without;
    const property = library.IOHIDDeviceGetProperty(device, name);
    library.CFRelease(name);
    return property === null ? without : use(property as Pointer);
  }

  #numberOf(device: Pointer, key: string): number {
    const use = (property: Pointer) => {
      const isThere = this.#library!.CFNumberGetValue(property, NUMBER_SINT32, ptr(this.#words)) !== 0;
      return isThere ? Number(this.#words[0]! & 0xffff_ffffn) : 0;
    };
    return this.#property(device, key, use, 0);
  }

  #textOf(device: Pointer, key: string): string {
    const use = (property: Pointer) => {
      if (this.#library!.CFStringGetCString(property, ptr(this.#text), TEXT_BYTES, UTF8) === 0) return "";
      // TextDecoder does not accept shared memory, so decode a copy.
      return new TextDecoder().decode(this.#text.slice(0, this.#text.indexOf(0)));
    };
    return this.#property(device, key, use, "");
  }
}

/** The axis ranges that `PadState` needs. */
function axesOf(elements: readonly HidElement[]): ReadonlyMap<number, AxisRange> {
  const axes = new Map<number, AxisRange>([
    [ABS_HAT0X, HAT],
    [ABS_HAT0Y, HAT],
  ]);
  for (const element of elements) {
    const axis = hidAxisOf(element);
    if (axis !== undefined) axes.set(axis, element);
  }
  return axes;
}
