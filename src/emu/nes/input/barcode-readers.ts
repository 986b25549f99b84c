import type { StateCheck } from "../../state-check.ts";
import { range } from "../../state-fields.ts";
import type { DeviceParts, PortDevice } from "./devices.ts";

/**
 * State words: the number of digits seen last, the cycles since the code came, and the cycle of that count.
 */
const SEEN = 0;
const ELAPSED = 1;
const CYCLE = 2;

/** The most cycles that are counted: longer than any code takes. */
const MAX_ELAPSED = 2 ** 20;

/** Returns a digit of the code in a reader's data, which is their number and then two digits per byte. */
function digitAt(data: Uint8Array, index: number): number {
  return (data[1 + (index >> 1)] >> (4 * (index & 1))) & 0xf;
}

/**
 * A reader of barcodes: its data is a code of 8 or 13 digits, or none. A code is sent once, from the moment
 * in which it comes; the next one comes after none.
 */
abstract class BarcodeReader implements PortDevice {
  protected readonly data: Uint8Array;
  readonly #state: Int32Array;

  constructor({ data, state }: DeviceParts) {
    this.data = data;
    this.#state = state;
  }

  /** Number of CPU cycles since the code came; MAX_ELAPSED if there was none. */
  protected elapsedAt(cycle: number): number {
    const state = this.#state;
    const digits = this.data[0];
    const passed = cycle - state[CYCLE];
    state[ELAPSED] = Math.min(MAX_ELAPSED, state[ELAPSED] + Math.max(0, passed));
    state[CYCLE] = cycle;
    if (digits !== state[SEEN]) state[ELAPSED] = digits === 0 ? MAX_ELAPSED : 0;
    state[SEEN] = digits;
    return digits === 0 ? MAX_ELAPSED : state[ELAPSED];
  }

  write(): void {}

  load(): void {}

  abstract read(register: number, cycle: number): number;

  rebase(cycles: number): void {
    this.elapsedAt(Math.max(cycles, this.#state[CYCLE]));
    this.#state[CYCLE] = Math.max(0, this.#state[CYCLE] - cycles);
  }

  declareState(state: StateCheck, name: string): void {
    state.slots(`${name}.digits`, this.#state, range(0, 0xff), SEEN, 1);
    state.slots(`${name}.elapsed`, this.#state, range(0, MAX_ELAPSED), ELAPSED, 1);
    state.slots(`${name}.cycle`, this.#state, range(0, MAX_ELAPSED), CYCLE, 1);
  }
}

/** CPU cycles of a bit at 1200 baud. */
const SERIAL_BIT_CYCLES = 1491;
const TEXT_CHARACTERS = 20;
const SIGNATURE = [0x45, 0x50, 0x4f, 0x43, 0x48, 0x0d, 0x0a]; // EPOCH, carriage return, line feed
const SPACE = 0x20;
const DIGIT_0 = 0x30;
/** A start bit, eight bits of a character and a stop bit. */
const CHARACTER_BITS = 10;

/**
 * Epoch's Barcode Battler II at the expansion port: it sends the code as text of 20 characters, spaces before
 * it and "EPOCH" after it, at 1200 baud on D2 of $4017. The line is inverted: 1 starts a character, and bits
 * follow lowest first. The text and the speed are those of Mesen, with which Barcode World reads it.
 */
export class BarcodeBattler extends BarcodeReader {
  override read(register: number, cycle: number): number {
    if (register !== 1) return 0;
    const bit = Math.floor(this.elapsedAt(cycle) / SERIAL_BIT_CYCLES);
    const at = Math.floor(bit / CHARACTER_BITS);
    if (at >= TEXT_CHARACTERS) return 0;
    const place = bit % CHARACTER_BITS;
    if (place === 0) return 4;
    return place === CHARACTER_BITS - 1 || ((this.#character(at) >> (place - 1)) & 1) === 1 ? 0 : 4;
  }

  #character(at: number): number {
    const signatureAt = TEXT_CHARACTERS - SIGNATURE.length;
    if (at >= signatureAt) return SIGNATURE[at - signatureAt];
    const digit = at - (signatureAt - this.data[0]);
    return digit < 0 ? SPACE : DIGIT_0 + digitAt(this.data, digit);
  }
}

/** CPU cycles in which the sensor passes the narrowest bar. */
const MODULE_CYCLES = 1000;
/** White modules before and after the bars. */
const QUIET_BEFORE = 33;
const QUIET_AFTER = 32;
const WHITE = 8;

/**
 * The modules of each digit left of the middle, black as 1, the first one highest; those right are inverted.
 */
const LEFT_MODULES = [0x0d, 0x19, 0x13, 0x3d, 0x23, 0x31, 0x2f, 0x3b, 0x37, 0x0b];
/**
 * Which of the left six digits are mirrored and inverted, the first one highest, by the digit before them.
 */
const MIRRORED = [0x00, 0x0b, 0x0d, 0x0e, 0x13, 0x19, 0x1c, 0x15, 0x16, 0x1a];

/**
 * The reader of Bandai's Datach: the light of the bars of an EAN-8 or EAN-13 code that passes its sensor. Its
 * line is bit 3 at $6000 of the cartridge. https://www.nesdev.org/wiki/INES_Mapper_157; the speed is Mesen's.
 */
export class DatachReader extends BarcodeReader {
  /** Nothing is at the expansion port. */
  override read(): number {
    return 0;
  }

  /** The reader's line in `cycle`: 8 while it sees white, 0 for black and while there is no code. */
  lightAt(cycle: number): number {
    const elapsed = this.elapsedAt(cycle);
    const count = this.data[0];
    const half = count === 13 ? 6 : 4;
    const middle = 3 + 7 * half;
    const last = 2 * middle + 5;
    const module = Math.floor(elapsed / MODULE_CYCLES) - QUIET_BEFORE;
    if (module >= last + QUIET_AFTER) return 0;
    if (module < 0 || module >= last) return WHITE;
    return this.#isBlack(module, half, middle, last) ? 0 : WHITE;
  }

  #isBlack(module: number, half: number, middle: number, last: number): boolean {
    if (module < 3) return module !== 1;
    if (module >= last - 3) return module !== last - 2;
    if (module >= middle && module < middle + 5) return ((module - middle) & 1) === 1;
    const isLeft = module < middle;
    const place = isLeft ? module - 3 : module - middle - 5;
    const index = Math.floor(place / 7);
    const first = half === 6 ? 1 : 0;
    const digit = digitAt(this.data, first + index + (isLeft ? 0 : half));
    const at = place % 7;
    const isMirrored = isLeft && first === 1 && ((MIRRORED[digitAt(this.data, 0)] >> (5 - index)) & 1) === 1;
    const bit = (LEFT_MODULES[digit] >> (isMirrored ? at : 6 - at)) & 1;
    return (bit === 1) !== (isMirrored || !isLeft);
  }
}
