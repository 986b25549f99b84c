import { type PadParts, reverseBits, SerialPad } from "./serial-devices.ts";
import { Zapper } from "./zapper.ts";

/** Start of controller 3 in the button word: devices with a pad of their own take its buttons. */
const CONTROLLER_3 = 16;

const BUTTON_A = 1;
const BUTTON_B = 2;

/** Largest position of the Pachinko dial. */
const MAX_DIAL = 0x63;

/**
 * Coconuts' Pachinko controller: a pad, followed by the position of its dial, inverted and highest bit first,
 * on D1 of $4016. https://www.nesdev.org/wiki/Coconuts_Japan_Pachinko_Controller
 */
export class PachinkoController extends SerialPad {
  override load(): void {
    const dial = Math.round((this.data[0] * MAX_DIAL) / 255);
    this.state[0] = ((this.buttons() >>> CONTROLLER_3) & 0xff) | (reverseBits(~dial, 8) << 8);
  }

  override read(register: number): number {
    return register === 0 ? this.shift(0, 15) << 1 : 0;
  }
}

const MOVED_X = 0;
const MOVED_Y = 1;
const TRACK_BUTTONS = 2;
const TRACK_SIGNATURE = 0x09;

/**
 * The Hori Track ball: a pad, then how far the ball rolled since the last frame, on D1 of $4016. Its buttons
 * 1 and 2 are A and B. https://www.nesdev.org/wiki/Hori_Track
 */
export class HoriTrack extends SerialPad {
  override load(): void {
    const { data, state } = this;
    const pad = ((this.buttons() >>> CONTROLLER_3) & 0xff) | (data[TRACK_BUTTONS] & (BUTTON_A | BUTTON_B));
    const rolled = reverseBits(~nibble(data[MOVED_Y]), 4) | (reverseBits(~nibble(data[MOVED_X]), 4) << 4);
    state[0] = pad | (rolled << 8) | (TRACK_SIGNATURE << 16);
  }

  override read(register: number): number {
    return register === 0 ? this.shift(0, 23) << 1 : 0;
  }
}

/** Limits a signed byte to −8 to 7. */
function nibble(byte: number): number {
  const signed = (byte << 24) >> 24;
  return Math.max(-8, Math.min(7, signed)) & 0xf;
}

/**
 * Bandai's Hyper Shot, a machine gun with a pad: the pad on D1 of $4016, light and trigger as the Zapper's on
 * $4017. https://www.nesdev.org/wiki/Bandai_Hyper_Shot
 */
export class BandaiHyperShot extends SerialPad {
  readonly #gun: Zapper;

  constructor(parts: PadParts) {
    super(parts);
    this.#gun = new Zapper(parts);
  }

  override load(): void {
    this.state[0] = (this.buttons() >>> CONTROLLER_3) & 0xff;
  }

  override read(register: number): number {
    return register === 0 ? this.shift(0, 7) << 1 : this.#gun.read();
  }
}

/**
 * A SNES controller on a port's D0: B, Y, Select, Start and the cross are the buttons of the controller that
 * it replaces; A, X, L and R come from the device's data. https://www.nesdev.org/wiki/SNES_controller
 */
export class SnesPad extends SerialPad {
  override load(): void {
    this.state[0] = (this.buttons() & 0xff) | ((this.data[0] & 0x0f) << 8);
  }

  override read(): number {
    return this.shift(0, 15);
  }
}

const VIRTUAL_BOY_SIGNATURE = 0x4000;

/**
 * A Virtual Boy controller on a port's D0. Select, Start, the left cross, A and B are the buttons of the
 * controller that it replaces; the data has the right cross (down, left, right, up), L and R.
 * https://www.nesdev.org/wiki/Virtual_Boy_controller
 */
export class VirtualBoyPad extends SerialPad {
  override load(): void {
    const buttons = this.buttons() & 0xff;
    const data = this.data[0];
    const right = (data & 3) | ((data >> 2) << 8);
    const first = ((buttons & BUTTON_A) << 13) | ((buttons & BUTTON_B) << 11);
    this.state[0] = (buttons & 0xfc) | right | first | VIRTUAL_BOY_SIGNATURE;
  }

  override read(): number {
    return this.shift(0, 15);
  }
}

const KEYPAD_KEYS = 14;
const END_KEY = 14;
const END_BIT = 23;

/**
 * The controller of the Famicom Network System: a pad, then its keypad (0 to 9, *, #, ., C), a 0 and the key
 * that ends a call, on D1 of $4016. https://www.nesdev.org/wiki/Famicom_Network_Controller
 */
export class NetworkController extends SerialPad {
  override load(): void {
    const keys = this.data[0] | (this.data[1] << 8);
    const keypad = keys & ((1 << KEYPAD_KEYS) - 1);
    const end = (keys >> END_KEY) & 1;
    this.state[0] = ((this.buttons() >>> CONTROLLER_3) & 0xff) | (keypad << 8) | (end << END_BIT);
  }

  override read(register: number): number {
    return register === 0 ? this.shift(0, 23) << 1 : 0;
  }
}
