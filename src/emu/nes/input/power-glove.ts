import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import { reverseBits, SerialPad } from "./serial-devices.ts";

/**
 * Bytes of the data: x and y; z (the highest four of its eight bits) in the low half of a byte, and rotation
 * in the high half; fingers.
 */
const X = 0;
const Y = 1;
const Z_AND_ROTATION = 2;
const FINGERS = 3;

/** Words of the state. */
const SHIFT = 0;
/** OUT0, IS_NEXT while the next byte has not been loaded, IS_ANALOG, and the number of the byte. */
const MODE = 1;
const OUT0 = 1;
const IS_NEXT = 2;
const IS_ANALOG = 4;
const PLACE_SHIFT = 3;
/** OUT0 at the last 56 clocks: 24 bits, then the newest 32. */
const HEARD_HIGH = 2;
const HEARD_LOW = 3;

/** The bytes 06 C1 08 00 02 FF 01 switch to packets, each sent highest bit first. */
const COMMAND_HIGH = 0x06c108;
const COMMAND_LOW = 0x0002ff01;

/** The ten bytes of a packet, then two samples in which the glove has nothing to say. */
const SAMPLES = 12;
const HEADER = 0xa0;
const VALID = 0x3f;
const NO_BUTTON = 0xff;

/** The glove's numbers of a controller's buttons, in the order in which they take precedence. */
const BUTTON_NUMBERS: readonly (readonly [mask: number, number: number])[] = [
  [0x40, 0x0c], // left
  [0x10, 0x0d], // up
  [0x20, 0x0e], // down
  [0x80, 0x0f], // right
  [0x01, 0x0a], // A
  [0x02, 0x0b], // B
  [0x08, 0x82], // Start
  [0x04, 0x83], // Select
];

/** How far the hand must be from the centre to press a direction, and how far a finger must be bent. */
const FAR = 32;
const BENT = 2;

/**
 * Mattel's Power Glove on D0 of a port. At first it is a controller: the hand presses the cross, the thumb A
 * and the index finger B. A program that sends it a command, one bit on OUT0 for each read, then gets a byte
 * for each strobe, inverted and highest bit first: packets of $A0, x, y, z, rotation, fingers, button, 0, 0
 * and $3F.
 *
 * The command and the packet are those that programs for the real glove use, among them Super Glove Ball
 * (https://forums.nesdev.org/viewtopic.php?t=5854). The two empty samples are Nestopia's; a measurement of
 * 1991 found that only every third sample is a packet. What the hand presses as a controller is a guess.
 */
export class PowerGlove extends SerialPad {
  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.shift`, this.state, range(0, 0xff), SHIFT, 1);
    state.slots(`${name}.mode`, this.state, range(0, ((SAMPLES - 1) << PLACE_SHIFT) | 7), MODE, 1);
    state.slots(`${name}.heard`, this.state, range(0, 0xff_ffff), HEARD_HIGH, 1);
  }

  override write(out: number): void {
    const { state } = this;
    if ((out & 1) === 1 && (state[MODE] & OUT0) === 0) state[MODE] |= IS_NEXT;
    state[MODE] = (state[MODE] & ~OUT0) | (out & 1);
  }

  override load(): void {
    const { state } = this;
    if ((state[MODE] & IS_ANALOG) === 0) state[SHIFT] = this.#asController();
    else if ((state[MODE] & IS_NEXT) !== 0) {
      const place = state[MODE] >> PLACE_SHIFT;
      state[SHIFT] = reverseBits(~this.#sample(place), 8);
      state[MODE] = (state[MODE] & 5) | (((place + 1) % SAMPLES) << PLACE_SHIFT);
    }
  }

  override read(): number {
    this.#hear(this.state[MODE] & OUT0);
    return this.shift(SHIFT, 7);
  }

  /** A clock: the glove samples OUT0. */
  #hear(bit: number): void {
    const { state } = this;
    state[HEARD_HIGH] = ((state[HEARD_HIGH] << 1) | (state[HEARD_LOW] >>> 31)) & 0xff_ffff;
    state[HEARD_LOW] = (state[HEARD_LOW] << 1) | bit;
    if (state[HEARD_LOW] !== COMMAND_LOW || state[HEARD_HIGH] !== COMMAND_HIGH) return;
    state[MODE] = (state[MODE] & OUT0) | IS_ANALOG;
  }

  #asController(): number {
    const { data } = this;
    const x = signed(data[X]);
    const y = signed(data[Y]);
    const across = x <= -FAR ? 0x40 : x >= FAR ? 0x80 : 0;
    const along = y >= FAR ? 0x10 : y <= -FAR ? 0x20 : 0;
    const thumb = (data[FINGERS] & 3) >= BENT ? 1 : 0;
    const index = ((data[FINGERS] >> 2) & 3) >= BENT ? 2 : 0;
    return (this.buttons() & 0xff) | across | along | thumb | index;
  }

  /** A byte of a packet, or what follows it. */
  #sample(place: number): number {
    const { data } = this;
    switch (place) {
      case 0:
        return HEADER;
      case 1:
        return data[X];
      case 2:
        return data[Y];
      case 3:
        return (data[Z_AND_ROTATION] << 4) & 0xff;
      case 4:
        return data[Z_AND_ROTATION] >> 4;
      case 5:
        return fingers(data[FINGERS]);
      case 6:
        return this.#button();
      case 7:
      case 8:
        return 0;
      case 9:
        return VALID;
      default:
        return 0xff;
    }
  }

  /** The glove reports one button at a time. */
  #button(): number {
    const held = this.buttons();
    for (const [mask, number] of BUTTON_NUMBERS) if ((held & mask) !== 0) return number;
    return NO_BUTTON;
  }
}

/** Two bits for each finger: in the data the thumb is lowest, in a packet highest. */
function fingers(data: number): number {
  return ((data & 3) << 6) | ((data & 0x0c) << 2) | ((data & 0x30) >> 2) | (data >> 6);
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}
