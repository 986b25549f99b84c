import type { StateCheck } from "../../state-check.ts";
import { FLAG, range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

/** A device with one or two shift registers that load while OUT0 is high. */
export abstract class SerialDevice implements PortDevice {
  protected readonly data: Uint8Array;
  protected readonly state: Int32Array;

  constructor(parts: DeviceParts) {
    this.data = parts.data;
    this.state = parts.state;
  }

  write(_out: number): void {}

  abstract load(): void;
  abstract read(register: number): number;

  /** Shifts the lowest bit out of shift register `index` and returns it. A 1 comes in at bit `top`. */
  protected shift(index: number, top: number): number {
    const bit = this.state[index] & 1;
    this.state[index] = (this.state[index] >>> 1) | (1 << top);
    return bit;
  }
}

/** Parts of a device with the buttons of a controller: `buttons` returns the word of this frame. */
export interface PadParts extends DeviceParts {
  readonly buttons: () => number;
}

/** A serial device that has a controller's buttons. */
export abstract class SerialPad extends SerialDevice {
  protected readonly buttons: () => number;

  constructor(parts: PadParts) {
    super(parts);
    this.buttons = parts.buttons;
  }
}

/** Reverses the lowest `count` bits. */
export function reverseBits(bits: number, count: number): number {
  let result = 0;
  for (let bit = 0; bit < count; bit++) result |= ((bits >>> (count - 1 - bit)) & 1) << bit;
  return result;
}

/** The order of the Power Pad's buttons on D3 and D4. https://www.nesdev.org/wiki/Power_Pad */
const PAD_ORDER_D3 = [2, 1, 5, 9, 6, 10, 11, 7];
const PAD_ORDER_D4 = [4, 3, 12, 8];

/** The Power Pad (Family Fun Fitness mat): twelve buttons in two shift registers. */
export class PowerPad extends SerialDevice {
  override load(): void {
    const held = this.data[0] | (this.data[1] << 8);
    this.state[0] = inOrder(held, PAD_ORDER_D3);
    this.state[1] = inOrder(held, PAD_ORDER_D4) | 0xf0;
  }

  override read(): number {
    return (this.shift(0, 7) << 3) | (this.shift(1, 7) << 4);
  }
}

function inOrder(held: number, order: readonly number[]): number {
  let bits = 0;
  for (let index = 0; index < order.length; index++) bits |= ((held >> (order[index] - 1)) & 1) << index;
  return bits;
}

const POSITION = 0;
const BUTTON = 1;
/** The approximate range of the paddle's potentiometer. https://www.nesdev.org/wiki/Arkanoid_controller */
const PADDLE_LEFT = 0x62;
const PADDLE_RIGHT = 0xf2;

/** The bits that the paddle sends: its position inverted, highest bit first. */
function paddleBits(position: number): number {
  const value = PADDLE_LEFT + Math.round((position * (PADDLE_RIGHT - PADDLE_LEFT)) / 255);
  return reverseBits(~value, 8);
}

/** The NES Arkanoid paddle: D3 is the button, D4 the position. */
export class ArkanoidPaddle extends SerialDevice {
  override load(): void {
    this.state[0] = paddleBits(this.data[POSITION]);
  }

  override read(): number {
    return ((this.data[BUTTON] & 1) << 3) | (this.shift(0, 7) << 4);
  }
}

/** The Famicom Arkanoid paddle: the button is on D1 of $4016, the position on D1 of $4017. */
export class FamicomArkanoidPaddle extends ArkanoidPaddle {
  override read(register = 1): number {
    return register === 0 ? (this.data[BUTTON] & 1) << 1 : this.shift(0, 7) << 1;
  }
}

const MOVED_X = 0;
const MOVED_Y = 1;
const MOUSE_BUTTONS = 2;

const REPORT = 0; // 32 bits, the first to leave lowest
const SENSITIVITY = 1;
const STROBE = 2;

const MOUSE_SIGNATURE = 1;

/**
 * The SNES mouse with an adapter. It sends a report of 32 bits on D0, highest bit first: zeros, buttons with
 * sensitivity and signature, then movement down and right as sign and magnitude. A clock while OUT0 is high
 * selects the next sensitivity. https://www.nesdev.org/wiki/Super_NES_Mouse
 */
export class SnesMouse extends SerialDevice {
  override write(out: number): void {
    this.state[STROBE] = out & 1;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.sensitivity`, this.state, range(0, 2), SENSITIVITY, 1);
    state.slots(`${name}.strobe`, this.state, FLAG, STROBE, 1);
  }

  override load(): void {
    const { data, state } = this;
    const buttons = ((data[MOUSE_BUTTONS] & 2) << 6) | ((data[MOUSE_BUTTONS] & 1) << 6);
    const second = buttons | (state[SENSITIVITY] << 4) | MOUSE_SIGNATURE;
    const report = (second << 16) | (signedMagnitude(data[MOVED_Y]) << 8) | signedMagnitude(data[MOVED_X]);
    state[REPORT] = reverseBits(report, 32);
  }

  override read(): number {
    if (this.state[STROBE] === 1) {
      this.state[SENSITIVITY] = (this.state[SENSITIVITY] + 1) % 3;
      return this.state[REPORT] & 1;
    }
    return this.shift(REPORT, 31);
  }
}

/** Converts a signed byte to the mouse's format: bit 7 for left or up, then the magnitude. */
function signedMagnitude(byte: number): number {
  const movement = signed(byte);
  return movement < 0 ? 0x80 | distance(movement) : movement;
}

/**
 * Subor's mouse on a port's D0, with its report of 24 bits: left and right button, whether the amounts count,
 * 0, the directions up, down, left, right; then 0 and seven bits of how far it moved, for x and y. Games for
 * controllers read the directions as a cross. The bit for the amounts is always set, since the GameStar Fun
 * Educator only then sees the buttons. https://www.nesdev.org/wiki/Subor_Mouse
 */
export class SuborMouse extends SerialDevice {
  override load(): void {
    const { data } = this;
    const right = signed(data[MOVED_X]);
    const down = signed(data[MOVED_Y]);
    const pressed = ((data[MOUSE_BUTTONS] & 1) << 7) | ((data[MOUSE_BUTTONS] & 2) << 5);
    const cross =
      (down < 0 ? 0x08 : 0) | (down > 0 ? 0x04 : 0) | (right < 0 ? 0x02 : 0) | (right > 0 ? 0x01 : 0);
    const first = pressed | 0x20 | cross;
    this.state[REPORT] = reverseBits((first << 16) | (distance(right) << 8) | distance(down), 24);
  }

  override read(): number {
    return this.shift(REPORT, 23);
  }
}

/**
 * State words of the older mouse, and what PACKET_PLACE holds: the byte's number, and whether it is the last.
 */
const PACKET = 1; // 24 bits, the first byte lowest
const PACKET_PLACE = 2;
const PACKET_STROBE = 3;
const LAST_BYTE = 4;
/** Set from the rise of OUT0 until the next byte is loaded. */
const IS_NEXT = 2;

/** The most that the older mouse reports: five bits. */
const MAX_SHORT_MOVEMENT = 31;

/**
 * Subor's mouse of the SB2000, with a protocol of bytes: each strobe loads the next byte of a packet, which
 * D0 gives highest bit first. A packet is one byte while the mouse moves by at most 1, else three: buttons,
 * signs and the highest bits, then the rest for x and for y. https://www.nesdev.org/wiki/Subor_Mouse (before
 * 2024)
 */
export class SuborByteMouse extends SerialDevice {
  override write(out: number): void {
    const strobe = out & 1;
    if (strobe === 1 && (this.state[PACKET_STROBE] & 1) === 0) this.state[PACKET_STROBE] |= IS_NEXT;
    this.state[PACKET_STROBE] = (this.state[PACKET_STROBE] & IS_NEXT) | strobe;
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.packet`, this.state, range(0, 0xff_ffff), PACKET, 1);
    state.slots(`${name}.place`, this.state, range(0, LAST_BYTE | 2), PACKET_PLACE, 1);
    state.slots(`${name}.strobe`, this.state, range(0, 3), PACKET_STROBE, 1);
  }

  override load(): void {
    const { state } = this;
    if ((state[PACKET_STROBE] & IS_NEXT) !== 0) {
      state[PACKET_STROBE] &= ~IS_NEXT;
      const place = state[PACKET_PLACE];
      if (state[PACKET] === 0 || (place & LAST_BYTE) !== 0) this.#begin();
      else state[PACKET_PLACE] = place === 1 ? 2 | LAST_BYTE : place + 1;
    }
    state[REPORT] = reverseBits((state[PACKET] >> (8 * (state[PACKET_PLACE] & 3))) & 0xff, 8);
  }

  #begin(): void {
    const { data, state } = this;
    const right = signed(data[MOVED_X]);
    const down = signed(data[MOVED_Y]);
    const buttons = ((data[MOUSE_BUTTONS] & 1) << 7) | ((data[MOUSE_BUTTONS] & 2) << 5);
    if (Math.abs(right) <= 1 && Math.abs(down) <= 1) {
      state[PACKET] = buttons | ((right & 3) << 4) | ((down & 3) << 2);
      state[PACKET_PLACE] = LAST_BYTE;
      return;
    }
    const x = Math.min(MAX_SHORT_MOVEMENT, Math.abs(right));
    const y = Math.min(MAX_SHORT_MOVEMENT, Math.abs(down));
    const signs = (right < 0 ? 0x20 : 0) | (down < 0 ? 0x08 : 0);
    const first = buttons | signs | (x & 0x10) | ((y & 0x10) >> 2) | 1;
    state[PACKET] = first | ((((x & 0xf) << 2) | 2) << 8) | ((((y & 0xf) << 2) | 3) << 16);
    state[PACKET_PLACE] = 0;
  }

  override read(): number {
    return this.shift(REPORT, 7);
  }
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function distance(movement: number): number {
  return Math.min(127, Math.abs(movement));
}

const THROTTLE = 0;
const BIKE_SWITCHES = 1;
const START = 7;

/** The throttle's contacts by its level: none, then the read in which D3 has the closed one. */
const THROTTLE_READS = [0, 1 << 5, 1 << 4, 1 << 0];

/**
 * Top Rider's bike: two shift registers on D3 and D4 of $4017. D3 has the throttle's contacts, Start and
 * Select; D4 the tilt of the bike, the handlebar, brake, gear switch and wheelie. The registers' inputs are
 * from a teardown (forums.nesdev.org, topic 17986), the lines as in Nestopia, which plays the game.
 */
export class TopRider extends SerialDevice {
  override load(): void {
    const switches = this.data[BIKE_SWITCHES];
    const throttle = THROTTLE_READS[this.data[THROTTLE] >> 6];
    const start = switches >> START;
    const select = this.data[BIKE_SWITCHES + 1] & 1;
    this.state[0] = throttle | (start << 6) | (select << 7);
    this.state[1] = (switches & 0x7f) << 1;
  }

  override read(register: number): number {
    return register === 0 ? 0 : (this.shift(0, 7) << 3) | (this.shift(1, 7) << 4);
  }
}

/**
 * The Famicom's expansion pads: controllers 3 and 4 on D1 of $4016 and $4017. `buttons` returns the word of
 * this frame, one byte per controller. https://www.nesdev.org/wiki/Four_player_adapters
 */
export class ExpansionPads extends SerialPad {
  override load(): void {
    const buttons = this.buttons();
    this.state[0] = (buttons >>> 16) & 0xff;
    this.state[1] = buttons >>> 24;
  }

  override read(register: number): number {
    return this.shift(register, 7) << 1;
  }
}
