import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { NEVER } from "../../../interrupts.ts";
import type { CartridgeMemory } from "../../memory.ts";
import {
  attributeAt,
  DUMMY_READS,
  FIRST_LINE_READS,
  FRAME_BEGINS,
  LINE_BEGINS,
  LineWatcher,
  NEXT_LINE_READS,
  SPRITE_READS,
  tileAt,
  wholeAttribute,
} from "../parts/line-watcher.ts";

// State, in bytes that the line watcher leaves free.
const PENDING = 4;
export const FETCH_IRQ_ENABLED = 5;
export const FETCH_IRQ_COMPARE = 6;
export const FETCH_SPLIT = 7; // three registers: mode, scroll, bank
const EX_BYTE = 10; // what ExRAM holds for the tile being fetched
const IN_SPLIT = 11;

// Effect of a read on the IRQ line.
const IRQ_AS_IT_WAS = 0;
export const IRQ_RAISED = 1;
export const IRQ_CLEARED = 2;

const SPLIT_ON = 0x80;
const SPLIT_RIGHT = 0x40;

/**
 * MMC5's scanline counter, and what it replaces of the PPU's reads: a split screen and extended attributes.
 */
export class Mmc5Fetches extends LineWatcher {
  /** With tall sprites, the 1 KiB CHR pages of sprites and background. */
  readonly spritePages = new Int32Array(8);
  readonly backgroundPages = new Int32Array(8);
  readonly #memory: CartridgeMemory;
  #exMode = 0;
  #tallSprites = false;
  #upper = 0;

  /** `state` is LINE_WATCHER_BYTES of the board's registers, aligned to 4. */
  constructor(memory: CartridgeMemory, state: Uint8Array) {
    super(state);
    this.#memory = memory;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.irqPending", this.state, FLAG, PENDING, 1);
    state.slots("board.inSplit", this.state, FLAG, IN_SPLIT, 1);
  }

  /** True while the scanline counter pulls IRQ low. */
  get irq(): boolean {
    return this.state[PENDING] !== 0 && this.state[FETCH_IRQ_ENABLED] !== 0;
  }

  set pending(value: number) {
    this.state[PENDING] = value;
  }

  set irqEnabled(value: number) {
    this.state[FETCH_IRQ_ENABLED] = value;
  }

  set compare(value: number) {
    this.state[FETCH_IRQ_COMPARE] = value;
  }

  /** Writes $5200, $5201 or $5202. */
  writeSplit(register: number, value: number): void {
    this.state[FETCH_SPLIT + register] = value;
  }

  /** Sets the registers that affect fetches: ExRAM mode, tall sprites, $5130. */
  configure(exMode: number, tallSprites: boolean, upper: number): void {
    this.#exMode = exMode;
    this.#tallSprites = tallSprites;
    this.#upper = upper;
  }

  /** Bits 7 and 6 of $5204. */
  status(cycle: number): number {
    return (this.state[PENDING] << 7) | (this.isInFrame(cycle) ? 0x40 : 0);
  }

  /**
   * A lower bound, as `Board.readsUntilIrq` is: the IRQ occurs with the second read of its line. A pending
   * IRQ is dropped when a frame begins, and only the next read shows that the last frame is over.
   */
  readsUntilIrq(readsOfLine: number): number {
    if (this.state[FETCH_IRQ_ENABLED] === 0) return NEVER;
    if (this.state[PENDING] === 0) return this.readsUntil(this.state[FETCH_IRQ_COMPARE], 1, readsOfLine);
    return this.hasFrame ? FIRST_LINE_READS : this.readsUntil(0, 1, readsOfLine);
  }

  /** Records a read; returns its effect on the IRQ line. */
  observe(address: number, cycle: number): number {
    const { state } = this;
    const event = this.watch(address, cycle);
    if (event === FRAME_BEGINS) {
      state[PENDING] = 0;
      return IRQ_CLEARED;
    }
    if (event !== LINE_BEGINS || this.line !== state[FETCH_IRQ_COMPARE] || this.line === 0)
      return IRQ_AS_IT_WAS;
    state[PENDING] = 1;
    return state[FETCH_IRQ_ENABLED] !== 0 ? IRQ_RAISED : IRQ_AS_IT_WAS;
  }

  /** Returns the byte that the PPU receives for the read just passed to `observe`. */
  answer(address: number, value: number): number {
    const { state } = this;
    const { place } = this;
    if (!this.hasFrame || place >= DUMMY_READS) return value;
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

  /** Mode 1: ExRAM gives each tile its own attribute and 4 KiB CHR bank. */
  #extendedByte(place: number, address: number, value: number): number {
    const { state } = this;
    if ((place & 3) === 0) {
      state[EX_BYTE] = this.#exram(address & 0x3ff);
      return value;
    }
    if ((place & 3) === 1) return (state[EX_BYTE] >> 6) * 0x55;
    return this.#chrByte((((this.#upper << 6) | (state[EX_BYTE] & 0x3f)) << 12) | (address & 0xfff));
  }

  #isSplitColumn(place: number): boolean {
    const mode = this.state[FETCH_SPLIT];
    if ((mode & SPLIT_ON) === 0) return false;
    const isRight = this.column(place) >= (mode & 0x1f);
    return isRight === ((mode & SPLIT_RIGHT) !== 0);
  }

  /** In the split region, ExRAM is a separate nametable, scrolled by $5201, with CHR bank $5202. */
  #splitByte(place: number, address: number): number {
    const { state } = this;
    const column = this.column(place) & 0x1f;
    const isNextLine = place >= NEXT_LINE_READS || place === 0;
    const y = (state[FETCH_SPLIT + 1] + this.line + (isNextLine ? 1 : 0)) % 240;
    const tile = tileAt(y, column);
    if ((place & 3) === 0) return this.#exram(tile);
    if ((place & 3) > 1) return this.#chrByte((state[FETCH_SPLIT + 2] << 12) | (address & 0xff8) | (y & 7));
    return wholeAttribute(this.#exram(attributeAt(tile)), tile);
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
