import type { DeviceBytes, PicturePoint } from "./device-input.ts";

/** Places of the bytes that a machine with pointed devices reads. */
export interface PointerPlaces {
  /** Two bytes each: −32,767 to 32,767 across the picture. */
  readonly x: number;
  readonly y: number;
  /** Bits 0 to 2: left, right, middle; and the bit `inside`. */
  readonly buttons: number;
  readonly inside: number;
  /** Movement to the right and down, one signed byte each. */
  readonly motion: number;
}

const FULL = 0x7fff;
/** A click can be shorter than a frame, so it is stretched to two frames. */
const MIN_CLICK_MS = 40;
/** Bits by the terminal's number of a mouse button: left, middle, right. */
const BUTTON_BITS = [1, 4, 2];

/** The terminal's mouse as the mouse, light gun or touch screen of a console that a core plays. */
export class CorePointer {
  readonly #bytes: DeviceBytes;
  readonly #places: PointerPlaces;
  readonly #size: () => { readonly width: number; readonly height: number };
  readonly #pressedAtMs = [0, 0, 0];
  #held = 0;
  #point: PicturePoint;

  /** `size` returns the size of the picture that points are in. */
  constructor(
    bytes: DeviceBytes,
    places: PointerPlaces,
    size: () => { readonly width: number; readonly height: number },
  ) {
    this.#bytes = bytes;
    this.#places = places;
    this.#size = size;
    bytes.setMotionPlace(places.motion);
    this.#publish();
  }

  /** Moves the pointer there. */
  pointAt(point: PicturePoint): void {
    const before = this.#point;
    this.#point = point;
    if (before !== undefined && point !== undefined) this.#bytes.move(point.x - before.x, point.y - before.y);
    this.#publish();
  }

  /** Presses or releases a button: 0 left, 1 middle, 2 right. */
  button(button: number, isDown: boolean): void {
    const bit = BUTTON_BITS[button];
    if (bit === undefined) return;
    if (isDown) {
      this.#pressedAtMs[button] = performance.now();
      this.#set(bit, true);
      return;
    }
    const left = this.#pressedAtMs[button]! + MIN_CLICK_MS - performance.now();
    if (left <= 0) this.#set(bit, false);
    else setTimeout(() => this.#set(bit, false), left);
  }

  /** Releases everything. */
  release(): void {
    this.#held = 0;
    this.#publish();
  }

  #set(bit: number, isDown: boolean): void {
    this.#held = isDown ? this.#held | bit : this.#held & ~bit;
    this.#publish();
  }

  #publish(): void {
    const { x, y, buttons, inside } = this.#places;
    if (this.#point !== undefined) {
      const { width, height } = this.#size();
      this.#setWord(x, across(this.#point.x, width));
      this.#setWord(y, across(this.#point.y, height));
    }
    this.#bytes.setByte(buttons, this.#held | (this.#point === undefined ? 0 : inside));
  }

  #setWord(place: number, value: number): void {
    this.#bytes.setByte(place, value & 0xff);
    this.#bytes.setByte(place + 1, (value >> 8) & 0xff);
  }
}

/** The middle of a pixel, from one edge of the picture to the other. */
function across(pixel: number, size: number): number {
  return Math.max(-FULL, Math.min(FULL, Math.round(((2 * pixel + 1) / size - 1) * FULL)));
}
