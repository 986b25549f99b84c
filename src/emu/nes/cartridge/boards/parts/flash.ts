import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import type { Chip } from "../../memory.ts";

/** Number of bytes of a board's registers for the state of a `Flash`. */
export const FLASH_STATE_BYTES = 2;

const STEP = 0;
const ID_MODE = 1;

// Steps of a command: the unlock pair and the command; for an erasure another pair and its kind.
const UNLOCK_1 = 0;
const UNLOCK_2 = 1;
const COMMAND = 2;
const PROGRAM = 3;
const ERASE_UNLOCK_1 = 4;
const ERASE_UNLOCK_2 = 5;
const ERASE = 6;

const SECTOR_BYTES = 0x1000;
const MANUFACTURER_SST = 0xbf;
const DEVICE_BY_KIB: Readonly<Record<number, number>> = { 128: 0xb5, 256: 0xb6, 512: 0xb7 };

/**
 * An SST39SF010/020/040 flash chip as a program sees it: writes are commands, unlocked by $AA at $5555 and
 * $55 at $2AAA. Programming and erasing take no time here.
 * https://www.nesdev.org/wiki/UNROM_512#Flash_operation
 */
export class Flash {
  readonly #state: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #chip: Chip;

  /** `state` is FLASH_STATE_BYTES of the board's registers; the chip's contents are in `bytes`. */
  constructor(state: Uint8Array, bytes: Uint8Array, chip: Chip) {
    this.#state = state;
    this.#bytes = bytes;
    this.#chip = chip;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("flash.step", this.#state, range(UNLOCK_1, ERASE), STEP, 1);
    state.slots("flash.idMode", this.#state, FLAG, ID_MODE, 1);
  }

  /** True if reads return the chip's identity instead of its contents. */
  get isInIdMode(): boolean {
    return this.#state[ID_MODE] !== 0;
  }

  /** The value of a read in ID mode. */
  id(address: number): number {
    if ((address & 0x1ff) === 0) return MANUFACTURER_SST;
    return (address & 0x1ff) === 1 ? (DEVICE_BY_KIB[this.#chip.bytes >> 10] ?? 0xb7) : 0xff;
  }

  /** Handles a write at `address` of the chip. */
  write(address: number, value: number): void {
    const state = this.#state;
    const step = state[STEP];
    state[STEP] = UNLOCK_1;
    if (step === PROGRAM) {
      this.#bytes[this.#chip.offset + (address % this.#chip.bytes)] &= value;
      return;
    }
    const at = address & 0x7fff;
    if ((step === UNLOCK_1 || step === ERASE_UNLOCK_1) && at === 0x5555 && value === 0xaa)
      state[STEP] = step + 1;
    else if ((step === UNLOCK_2 || step === ERASE_UNLOCK_2) && at === 0x2aaa && value === 0x55)
      state[STEP] = step + 1;
    else if (step === COMMAND && at === 0x5555) this.#command(value);
    else if (step === ERASE) this.#erase(address, value);
    else if (step === UNLOCK_1 && value === 0xf0) state[ID_MODE] = 0;
  }

  #command(value: number): void {
    if (value === 0x80) this.#state[STEP] = ERASE_UNLOCK_1;
    else if (value === 0xa0) this.#state[STEP] = PROGRAM;
    else if (value === 0x90) this.#state[ID_MODE] = 1;
    else if (value === 0xf0) this.#state[ID_MODE] = 0;
  }

  #erase(address: number, value: number): void {
    const { offset, bytes } = this.#chip;
    if (value === 0x10 && (address & 0x7fff) === 0x5555) {
      this.#bytes.fill(0xff, offset, offset + bytes);
    } else if (value === 0x30) {
      const sector = offset + ((address % bytes) & -SECTOR_BYTES);
      this.#bytes.fill(0xff, sector, sector + SECTOR_BYTES);
    }
  }
}
