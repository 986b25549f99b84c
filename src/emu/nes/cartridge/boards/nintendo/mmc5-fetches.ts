import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import { MAX_CYCLES } from "../../../region.ts";
import type { CartridgeMemory } from "../../memory.ts";

// State, in bytes of the board's registers.
const IN_FRAME = 0;
export const FETCH_LINE = 1;
const SAME_READS = 2; // number of identical nametable reads in a row, minus one
const FETCH = 3; // position of the next read in the line; NO_LINE if it is unknown
const PENDING = 4;
export const FETCH_IRQ_ENABLED = 5;
export const FETCH_IRQ_COMPARE = 6;
export const FETCH_SPLIT = 7; // three registers: mode, scroll, bank
const EX_BYTE = 10; // what ExRAM holds for the tile being fetched
const IN_SPLIT = 11;
const LAST_CYCLE_WORD = 3; // bytes 12–15
const LAST_ADDRESS_WORD = 4; // bytes 16–19
const PLACE = 20; // position of the last recorded read

/** Number of bytes of state. */
export const FETCHES_STATE_BYTES = 24;

// Effect of a read on the IRQ line.
const IRQ_AS_IT_WAS = 0;
export const IRQ_RAISED = 1;
export const IRQ_CLEARED = 2;

const NO_ADDRESS = -1;

const NO_LINE = 255;

// Reads of a line, by position: the first is the nametable byte of the third column.
const SPRITE_READS = 128;
const NEXT_LINE_READS = 160;
const DUMMY_READS = 168;
const READS_PER_LINE = 170;
/** Three equal reads, and the one after them. */
const FIRST_LINE_READS = 4;

/** After this many CPU cycles without a read, the PPU is not rendering. */
const IDLE_CYCLES = 3;

const SPLIT_ON = 0x80;
const SPLIT_RIGHT = 0x40;

/**
 * Detects the state of rendering only by watching PPU reads, as the chip does: a line begins with the third
 * read in a row of one nametable address, and the frame ends when reads stop.
 * https://www.nesdev.org/wiki/MMC5#Scanline_Detection_and_Scanline_IRQ
 */
export class Mmc5Fetches {
  /** With tall sprites, the 1 KiB CHR pages of sprites and background. */
  readonly spritePages = new Int32Array(8);
  readonly backgroundPages = new Int32Array(8);
  readonly #memory: CartridgeMemory;
  readonly #state: Uint8Array;
  readonly #words: Int32Array;
  #exMode = 0;
  #tallSprites = false;
  #upper = 0;

  /** `state` is FETCHES_STATE_BYTES of the board's registers, aligned to 4. */
  constructor(memory: CartridgeMemory, state: Uint8Array) {
    this.#memory = memory;
    this.#state = state;
    this.#words = new Int32Array(state.buffer, state.byteOffset, FETCHES_STATE_BYTES / 4);
  }

  powerOn(): void {
    this.leaveFrame();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("board.inFrame", this.#state, FLAG, IN_FRAME, 1);
    state.slots("board.irqPending", this.#state, FLAG, PENDING, 1);
    state.slots("board.inSplit", this.#state, FLAG, IN_SPLIT, 1);
    state.slots("board.lastRead", this.#words, range(-MAX_CYCLES, MAX_CYCLES), LAST_CYCLE_WORD, 1);
    state.slots("board.lastAddress", this.#words, range(NO_ADDRESS, 0x3fff), LAST_ADDRESS_WORD, 1);
  }

  /** The PPU stops rendering. */
  leaveFrame(): void {
    this.#state[IN_FRAME] = 0;
    this.#state[SAME_READS] = 0;
    this.#state[FETCH] = NO_LINE;
    this.#words[LAST_ADDRESS_WORD] = NO_ADDRESS;
  }

  /** True while the scanline counter pulls IRQ low. */
  get irq(): boolean {
    return this.#state[PENDING] !== 0 && this.#state[FETCH_IRQ_ENABLED] !== 0;
  }

  set pending(value: number) {
    this.#state[PENDING] = value;
  }

  set irqEnabled(value: number) {
    this.#state[FETCH_IRQ_ENABLED] = value;
  }

  set compare(value: number) {
    this.#state[FETCH_IRQ_COMPARE] = value;
  }

  /** Writes $5200, $5201 or $5202. */
  writeSplit(register: number, value: number): void {
    this.#state[FETCH_SPLIT + register] = value;
  }

  /** Sets the registers that affect fetches: ExRAM mode, tall sprites, $5130. */
  configure(exMode: number, tallSprites: boolean, upper: number): void {
    this.#exMode = exMode;
    this.#tallSprites = tallSprites;
    this.#upper = upper;
  }

  isInFrame(cycle: number): boolean {
    return this.#state[IN_FRAME] !== 0 && cycle - this.#words[LAST_CYCLE_WORD] < IDLE_CYCLES;
  }

  /** Bits 7 and 6 of $5204. */
  status(cycle: number): number {
    return (this.#state[PENDING] << 7) | (this.isInFrame(cycle) ? 0x40 : 0);
  }

  rebase(cycles: number): void {
    this.#words[LAST_CYCLE_WORD] = Math.max(this.#words[LAST_CYCLE_WORD] - cycles, -cycles);
  }

  /**
   * A lower bound. It assumes that the IRQ occurs with the second read of its line and that all earlier lines
   * of the frame are whole. A pending IRQ is dropped when a frame begins, and only the next read shows that
   * the frame is over.
   */
  get readsUntilIrq(): number {
    const state = this.#state;
    if (state[FETCH_IRQ_ENABLED] === 0) return NEVER;
    if (state[PENDING] !== 0) return FIRST_LINE_READS;
    const lines = state[FETCH_IRQ_COMPARE] - state[FETCH_LINE];
    if (state[IN_FRAME] === 0 || lines <= 0)
      return READS_PER_LINE * state[FETCH_IRQ_COMPARE] + FIRST_LINE_READS;
    const readsOfThisLine = state[SAME_READS] === 2 ? READS_PER_LINE + 1 : state[FETCH];
    return READS_PER_LINE * lines + 2 - readsOfThisLine;
  }

  /** Records a read; returns its effect on the IRQ line. */
  observe(address: number, cycle: number): number {
    const state = this.#state;
    const words = this.#words;
    if (cycle - words[LAST_CYCLE_WORD] >= IDLE_CYCLES) this.leaveFrame();
    words[LAST_CYCLE_WORD] = cycle;
    const irq = state[SAME_READS] === 2 ? this.#lineBegins() : IRQ_AS_IT_WAS;
    const same = address >= 0x2000 && address === words[LAST_ADDRESS_WORD];
    state[SAME_READS] = same ? state[SAME_READS] + 1 : 0;
    if (state[SAME_READS] === 2) state[FETCH] = 0;
    words[LAST_ADDRESS_WORD] = address;
    state[PLACE] = state[FETCH];
    if (state[FETCH] !== NO_LINE) state[FETCH]++;
    return irq;
  }

  /** Returns the byte that the PPU receives for the read just passed to `observe`. */
  answer(address: number, value: number): number {
    const state = this.#state;
    const place = state[PLACE];
    if (state[IN_FRAME] === 0 || place >= DUMMY_READS) return value;
    const isSprite = place >= SPRITE_READS && place < NEXT_LINE_READS;
    if (isSprite)
      return address < 0x2000 && this.#tallSprites ? this.#read(this.spritePages, address) : value;
    if (this.#exMode < 2) {
      if ((place & 3) === 0) state[IN_SPLIT] = this.#isSplitColumn(place) ? 1 : 0;
      if (state[IN_SPLIT] !== 0) return this.#splitByte(place, address);
      if (this.#exMode === 1) return this.#extendedByte(place, address, value);
    }
    return address < 0x2000 && this.#tallSprites ? this.#read(this.backgroundPages, address) : value;
  }

  /** Handles the read after three equal ones: a new line, and the start of a frame if none is in progress. */
  #lineBegins(): number {
    const state = this.#state;
    if (state[IN_FRAME] === 0) {
      state[IN_FRAME] = 1;
      state[FETCH_LINE] = 0;
      state[PENDING] = 0;
      return IRQ_CLEARED;
    }
    state[FETCH_LINE]++;
    if (state[FETCH_LINE] !== state[FETCH_IRQ_COMPARE] || state[FETCH_LINE] === 0) return IRQ_AS_IT_WAS;
    state[PENDING] = 1;
    return state[FETCH_IRQ_ENABLED] !== 0 ? IRQ_RAISED : IRQ_AS_IT_WAS;
  }

  /** Mode 1: ExRAM gives each tile its own attribute and 4 KiB CHR bank. */
  #extendedByte(place: number, address: number, value: number): number {
    const state = this.#state;
    if ((place & 3) === 0) {
      state[EX_BYTE] = this.#exram(address & 0x3ff);
      return value;
    }
    if ((place & 3) === 1) return (state[EX_BYTE] >> 6) * 0x55;
    return this.#chrByte((((this.#upper << 6) | (state[EX_BYTE] & 0x3f)) << 12) | (address & 0xfff));
  }

  /**
   * The column that a background read is for. The first two columns are read at the end of the previous line.
   */
  #column(place: number): number {
    return place >= NEXT_LINE_READS ? (place - NEXT_LINE_READS) >> 2 : (place >> 2) + 2;
  }

  #isSplitColumn(place: number): boolean {
    const mode = this.#state[FETCH_SPLIT];
    if ((mode & SPLIT_ON) === 0) return false;
    const isRight = this.#column(place) >= (mode & 0x1f);
    return isRight === ((mode & SPLIT_RIGHT) !== 0);
  }

  /** In the split region, ExRAM is a separate nametable, scrolled by $5201, with CHR bank $5202. */
  #splitByte(place: number, address: number): number {
    const state = this.#state;
    const column = this.#column(place) & 0x1f;
    const isNextLine = place >= NEXT_LINE_READS || place === 0;
    const y = (state[FETCH_SPLIT + 1] + state[FETCH_LINE] + (isNextLine ? 1 : 0)) % 240;
    const tile = ((y & 0xf8) << 2) | column;
    if ((place & 3) === 0) return this.#exram(tile);
    if ((place & 3) > 1) return this.#chrByte((state[FETCH_SPLIT + 2] << 12) | (address & 0xff8) | (y & 7));
    const attribute = this.#exram(0x3c0 | ((tile >> 4) & 0x38) | (column >> 2));
    const shift = ((tile >> 4) & 4) | (column & 2);
    return ((attribute >> shift) & 3) * 0x55;
  }

  #exram(offset: number): number {
    return this.#memory.bytes[this.#memory.extraRam.offset + offset];
  }

  #read(pages: Int32Array, address: number): number {
    return this.#chrByte(pages[address >> 10] * KIB + (address & (KIB - 1)));
  }

  #chrByte(offset: number): number {
    const { chr, bytes } = this.#memory;
    return chr.bytes === 0 ? 0 : bytes[chr.offset + (offset % chr.bytes)];
  }
}
