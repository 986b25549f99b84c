import { ptr } from "bun:ffi";
import { type XInput, xinput } from "../ffi/pad-libraries.ts";
import { ABS_RX, ABS_RY, ABS_X, ABS_Y, type AxisRange, type PadState } from "./evdev.ts";
import type { PadDevice, PadDevices } from "./gamepads.ts";

/** XInput has four slots instead of devices. */
const PLACES = 4;
const SUCCESS = 0;
/**
 * XINPUT_STATE: a packet number of 32 bits, 16 bits of buttons, two triggers of 8 bits, then two sticks of
 * two 16-bit axes. https://learn.microsoft.com/windows/win32/api/xinput/ns-xinput-xinput_gamepad
 */
const STATE_BYTES = 16;
const BUTTONS_OFFSET = 4;
const STICK_X_OFFSET = 8;
const STICK_Y_OFFSET = 10;
const RIGHT_STICK_X_OFFSET = 12;
const RIGHT_STICK_Y_OFFSET = 14;
/** Linux's button code for each of XInput's bits. */
const KEY_OF_BIT: readonly (readonly [bit: number, key: number])[] = [
  [0x0001, 0x220], // up, BTN_DPAD_UP
  [0x0002, 0x221], // down
  [0x0004, 0x222], // left
  [0x0008, 0x223], // right
  [0x0010, 0x13b], // Start
  [0x0020, 0x13a], // Back, BTN_SELECT
  [0x1000, 0x130], // A, the lower one, BTN_SOUTH
  [0x2000, 0x131], // B, the right one, BTN_EAST
  [0x4000, 0x134], // X, the left one, BTN_WEST
  [0x8000, 0x133], // Y, the upper one, BTN_NORTH
];
/** A stick's up is positive here and negative on Linux. */
const STICK: AxisRange = { minimum: -32_768, maximum: 32_767 };

/** Updates `state` from an XINPUT_STATE. */
export function decodeXInput(bytes: DataView, state: PadState): void {
  const buttons = bytes.getUint16(BUTTONS_OFFSET, true);
  for (const [bit, key] of KEY_OF_BIT) state.setKey(key, (buttons & bit) !== 0);
  state.setAxis(ABS_X, bytes.getInt16(STICK_X_OFFSET, true));
  state.setAxis(ABS_Y, -1 - bytes.getInt16(STICK_Y_OFFSET, true));
  state.setAxis(ABS_RX, bytes.getInt16(RIGHT_STICK_X_OFFSET, true));
  state.setAxis(ABS_RY, -1 - bytes.getInt16(RIGHT_STICK_Y_OFFSET, true));
}

/** Pads that Windows supports through XInput: Xbox pads and compatible ones. */
export class XInputPads implements PadDevices {
  readonly #library: XInput | undefined;
  readonly #bytes = new DataView(new SharedArrayBuffer(STATE_BYTES));
  readonly #address = ptr(new Uint8Array(this.#bytes.buffer));

  /** Tests pass another library. */
  constructor(library: XInput | undefined = xinput()) {
    this.#library = library;
  }

  list(): readonly string[] {
    return Array.from({ length: PLACES }, (_, place) => `${place}`).filter((device) => this.#read(device));
  }

  open(device: string): PadDevice {
    return {
      name: `XInput pad ${Number(device) + 1}`,
      axes: new Map([
        [ABS_X, STICK],
        [ABS_Y, STICK],
        [ABS_RX, STICK],
        [ABS_RY, STICK],
      ]),
      poll: (state) => {
        if (!this.#read(device)) return false;
        decodeXInput(this.#bytes, state);
        return true;
      },
      close: () => {},
    };
  }

  #read(device: string): boolean {
    return this.#library?.XInputGetState(Number(device), this.#address) === SUCCESS;
  }
}
