import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import type { Chip } from "../../memory.ts";

/** Number of bytes of a board's registers for the state of a `Flash`. */
export const FLASH_STATE_BYTES = 2;

const STEP = 0;
const MODE = 1;

// Modes: what reads return.
const CONTENTS = 0;
const IDENTITY = 1;
const QUERY = 2;

// Steps of a command: the unlock pair and the command; for an erasure another pair and its kind.
const UNLOCK_1 = 0;
const UNLOCK_2 = 1;
const COMMAND = 2;
const PROGRAM = 3;
const ERASE_UNLOCK_1 = 4;
const ERASE_UNLOCK_2 = 5;
const ERASE = 6;

/** What differs between families of flash chips. */
export interface FlashKind {
  /** Address lines that commands decode, and the addresses of the unlock pair. */
  readonly mask: number;
  readonly first: number;
  readonly second: number;
  readonly sectorBytes: number;
  /** Address lines that are decoded when the identity is read. */
  readonly idMask: number;
  /** The identity, by size in KiB and then by address. Other addresses give $FF. */
  readonly ids: Readonly<Record<number, Readonly<Record<number, number>>>>;
  /** True if the chip describes itself by the Common Flash Interface. */
  readonly hasCfi?: boolean;
}

/** Low address lines, and their value, of the command that begins a query; reads ignore A-1. */
const QUERY_MASK = 0xff;
const QUERY_ADDRESS = 0xaa;
const QUERY_COMMAND = 0x98;

/** SST39SF010, 020 and 040. https://www.nesdev.org/wiki/UNROM_512#Flash_operation */
const SST39SF: FlashKind = {
  mask: 0x7fff,
  first: 0x5555,
  second: 0x2aaa,
  sectorBytes: 0x1000,
  idMask: 0x1ff,
  ids: { 128: { 0: 0xbf, 1: 0xb5 }, 256: { 0: 0xbf, 1: 0xb6 }, 512: { 0: 0xbf, 1: 0xb7 } },
};

/**
 * S29AL008 and 016, S29JL032 and S29GL064S, without the smaller sectors at their ends.
 * https://github.com/BrokeStudio/rainbow-net/blob/master/NES/prg-rom-self-flashing.md
 */
export const S29: FlashKind = {
  mask: 0xfff,
  first: 0xaaa,
  second: 0x555,
  sectorBytes: 0x10000,
  idMask: 0x1ff,
  ids: {
    1024: { 0: 0x01, 2: 0x5b },
    2048: { 0: 0x01, 2: 0x49 },
    4096: { 0: 0x01, 2: 0x7e, 28: 0x0a, 30: 0 },
    8192: { 0: 0x01, 2: 0x7e, 28: 0x10, 30: 0 },
  },
};

/** S29GL01G to S29GL512, of which only 8 MiB can be emulated. Their sectors are larger. */
export const S29GL: FlashKind = { ...S29, sectorBytes: 0x20000, hasCfi: true };

/**
 * What a chip answers to queries from $10 on: the signature, AMD's commands, voltages and times, the size,
 * both bus widths, a buffer of 64 bytes, and one region of sectors; and from $40 on AMD's own part. JEDEC's
 * JESD68, with the values of S29GL-P's datasheet.
 */
function queryAnswers(chipBytes: number, sectorBytes: number): number[] {
  const last = Math.ceil(chipBytes / sectorBytes) - 1;
  const unit = sectorBytes >> 8;
  return [
    ...[0x51, 0x52, 0x59, 0x02, 0, 0x40, 0, 0, 0, 0, 0, 0x27, 0x36, 0, 0, 6, 6, 9, 0x13, 3, 5, 3, 2],
    ...[Math.ceil(Math.log2(chipBytes)), 2, 0, 6, 0, 1, last & 0xff, last >> 8, unit & 0xff, unit >> 8],
    ...new Array<number>(15).fill(0),
    ...[0x50, 0x52, 0x49, 0x31, 0x33, 0x14, 2, 1, 0, 8, 0, 0, 2, 0xb5, 0xc5, 5, 1],
  ];
}

/** What the chips of 512 KiB have in common. The identity tells at address 2 that no sector is protected. */
const F040 = { mask: 0x7ff, first: 0x555, second: 0x2aa, sectorBytes: 0x10000, idMask: 3 };

/** Datasheet of AMD's Am29F040B: A11 and above do not matter in commands. */
export const AM29F040: FlashKind = { ...F040, ids: { 512: { 0: 0x01, 1: 0xa4, 2: 0 } } };

/** Datasheet of Macronix's MX29F040. */
export const MX29F040: FlashKind = { ...F040, ids: { 512: { 0: 0xc2, 1: 0xa4, 2: 0 } } };

/** Datasheet of AMIC's A29040B, whose maker has a continuation code at address 3. */
export const A29040B: FlashKind = { ...F040, ids: { 512: { 0: 0x37, 1: 0x86, 2: 0, 3: 0x7f } } };

/**
 * A flash chip as a program sees it: writes are commands, unlocked by $AA and $55 at two addresses.
 * Programming and erasing take no time here.
 */
export class Flash {
  readonly #state: Uint8Array;
  readonly #bytes: Uint8Array;
  readonly #chip: Chip;
  readonly #kind: FlashKind;

  /** `state` is FLASH_STATE_BYTES of the board's registers; the chip's contents are in `bytes`. */
  constructor(state: Uint8Array, bytes: Uint8Array, chip: Chip, kind = SST39SF) {
    this.#kind = kind;
    this.#state = state;
    this.#bytes = bytes;
    this.#chip = chip;
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("flash.step", this.#state, range(UNLOCK_1, ERASE), STEP, 1);
    state.slots("flash.mode", this.#state, range(CONTENTS, QUERY), MODE, 1);
  }

  /** True if reads return the chip's identity or its answers to queries instead of its contents. */
  get isInIdMode(): boolean {
    return this.#state[MODE] !== CONTENTS;
  }

  /** The value of a read in ID mode. */
  id(address: number): number {
    const { ids, idMask, sectorBytes } = this.#kind;
    if (this.#state[MODE] === QUERY)
      return queryAnswers(this.#chip.bytes, sectorBytes)[((address & QUERY_MASK) >> 1) - 0x10] ?? 0;
    const sizes = Object.keys(ids).map(Number);
    return (ids[this.#chip.bytes >> 10] ?? ids[sizes.at(-1)!])[address & idMask] ?? 0xff;
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
    const { mask, first, second } = this.#kind;
    const at = address & mask;
    if ((step === UNLOCK_1 || step === ERASE_UNLOCK_1) && at === first && value === 0xaa)
      state[STEP] = step + 1;
    else if ((step === UNLOCK_2 || step === ERASE_UNLOCK_2) && at === second && value === 0x55)
      state[STEP] = step + 1;
    else if (step === COMMAND && at === first) this.#command(value);
    else if (step === ERASE) this.#erase(address, value);
    else if (step === UNLOCK_1 && value === 0xf0) state[MODE] = CONTENTS;
    else if (step === UNLOCK_1 && value === QUERY_COMMAND) this.#query(address);
  }

  #command(value: number): void {
    if (value === 0x80) this.#state[STEP] = ERASE_UNLOCK_1;
    else if (value === 0xa0) this.#state[STEP] = PROGRAM;
    else if (value === 0x90) this.#state[MODE] = IDENTITY;
    else if (value === 0xf0) this.#state[MODE] = CONTENTS;
  }

  #query(address: number): void {
    if (this.#kind.hasCfi === true && (address & QUERY_MASK) === QUERY_ADDRESS) this.#state[MODE] = QUERY;
  }

  #erase(address: number, value: number): void {
    const { offset, bytes } = this.#chip;
    const { mask, first, sectorBytes } = this.#kind;
    if (value === 0x10 && (address & mask) === first) {
      this.#bytes.fill(0xff, offset, offset + bytes);
    } else if (value === 0x30) {
      const sector = (address % bytes) & -sectorBytes;
      this.#bytes.fill(0xff, offset + sector, offset + Math.min(sector + sectorBytes, bytes));
    }
  }
}
