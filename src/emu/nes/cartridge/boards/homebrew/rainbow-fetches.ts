import type { StateCheck } from "../../../../state-check.ts";
import { FLAG } from "../../../../state-fields.ts";
import type { CartridgeMemory } from "../../memory.ts";
import {
  attributeAt,
  DUMMY_READS,
  LineWatcher,
  NEXT_LINE_READS,
  SPRITE_READS,
  tileAt,
  wholeAttribute,
} from "../parts/line-watcher.ts";

// Registers, as offsets from $4100.
export const CHR_CONTROL = 0x20; // CCSW.BBB: chip, sprite banks, window, banking mode
const BACKGROUND_BANK = 0x21;
const FILL_TILE = 0x24;
const FILL_COLOR = 0x25;
export const NAMETABLE_CONTROL = 0x2a; // four, CCF.DDEE: chip, fill, page of extended bytes, extended modes
const WINDOW_BANK = 0x2e;
const WINDOW_CONTROL = 0x2f;
export const CHR_UPPER = 0x30; // sixteen
export const CHR_LOWER = 0x40;
const WINDOW_COLUMNS = 0x70; // first and last
const WINDOW_LINES = 0x72;
const WINDOW_X = 0x74;
const WINDOW_Y = 0x75;

const SPRITE_BANKS_ON = 0x20;
const WINDOW_ON = 0x10;
const FILL = 0x20;
const EXTENDED_ATTRIBUTE = 1;
const EXTENDED_BANK = 2;

// State, in bytes that the line watcher leaves free.
const IN_WINDOW = 4;
const CONTROL = 5; // of the nametable that the tile is from
const EXTENDED_BYTE = 6;
const TALL_SPRITES = 7;
const OAM_ADDRESS = 8;
const SPRITE_UPPER = 9;

/** FPGA RAM, and after it in the same chip what the board remembers of sprites. */
export const FPGA_RAM_BYTES = 0x2000;
const SPRITE_BANKS = 0x2000; // $4200–$423F
const SPRITE_LINES = 0x2040; // the first byte of each sprite in OAM
export const EXTRA_RAM_BYTES = 0x2100;
const SPRITES = 64;

/**
 * Rainbow's view of the PPU: it counts lines, and replaces bytes of the tiles and sprites that are fetched.
 */
export class RainbowFetches extends LineWatcher {
  readonly #memory: CartridgeMemory;
  readonly #registers: Uint8Array;

  /** `registers` are those from $4100 on; `state` is LINE_WATCHER_BYTES, aligned to 4. */
  constructor(memory: CartridgeMemory, registers: Uint8Array, state: Uint8Array) {
    super(state);
    this.#memory = memory;
    this.#registers = registers;
  }

  override declareState(state: StateCheck): void {
    super.declareState(state);
    state.slots("board.inWindow", this.state, FLAG, IN_WINDOW, 1);
  }

  /** True while the PPU fetches sprites and the start of the next line. */
  get isHBlank(): boolean {
    return this.hasFrame && this.place >= SPRITE_READS;
  }

  /** Writes a PPU register that the board sees: $2000, $2003 or $2004. */
  writePpu(address: number, value: number): void {
    const { state } = this;
    if (address === 0x2000) state[TALL_SPRITES] = value & 0x20;
    else if (address === 0x2003) state[OAM_ADDRESS] = value;
    else if (address === 0x2004) {
      const at = state[OAM_ADDRESS]++;
      if ((at & 3) === 0) this.#memory.bytes[this.#memory.extraRam.offset + SPRITE_LINES + (at >> 2)] = value;
    }
  }

  /** Writes a register of extended sprites, $4200–$4240. */
  writeSprite(address: number, value: number): void {
    if (address < 0x4240)
      this.#memory.bytes[this.#memory.extraRam.offset + SPRITE_BANKS + (address & 0x3f)] = value;
    else this.state[SPRITE_UPPER] = value & 7;
  }

  override watch(address: number, cycle: number): number {
    const event = super.watch(address, cycle);
    // Rendering leaves OAMADDR at 0.
    if (event !== 0) this.state[OAM_ADDRESS] = 0;
    return event;
  }

  /** Returns the byte that the PPU receives for the read just passed to `watch`. */
  answer(address: number, value: number): number {
    const { place } = this;
    // The watcher counts the line with the read after the first one.
    if (place !== 0 && (!this.hasFrame || place >= DUMMY_READS)) return this.#patternByte(address, value);
    if (place < SPRITE_READS || place >= NEXT_LINE_READS) return this.#background(address, value);
    const hasBanks = (this.#registers[CHR_CONTROL] & SPRITE_BANKS_ON) !== 0;
    return hasBanks && address < 0x2000 ? this.#spriteByte(address) : this.#patternByte(address, value);
  }

  #background(address: number, value: number): number {
    const { state, place } = this;
    const registers = this.#registers;
    const phase = place & 3;
    if (phase === 0) state[IN_WINDOW] = this.#isWindow() ? 1 : 0;
    const inWindow = state[IN_WINDOW] !== 0;
    const y = (this.#drawnLine + registers[WINDOW_Y]) % 240;
    const tile = inWindow ? tileAt(y, (this.column(place) + registers[WINDOW_X]) & 0x1f) : address & 0x3ff;
    const nametable = (registers[WINDOW_BANK] & 3) << 10;
    if (phase === 0) {
      const control = inWindow ? WINDOW_CONTROL : NAMETABLE_CONTROL + ((address >> 10) & 3);
      state[CONTROL] = registers[control];
      state[EXTENDED_BYTE] = this.#ram(((state[CONTROL] & 0x0c) << 8) | tile);
      if ((state[CONTROL] & FILL) !== 0) return registers[FILL_TILE];
      return inWindow ? this.#ram(nametable | tile) : value;
    }
    if (phase === 1) {
      if ((state[CONTROL] & FILL) !== 0) return (registers[FILL_COLOR] & 3) * 0x55;
      if ((state[CONTROL] & EXTENDED_ATTRIBUTE) !== 0) return (state[EXTENDED_BYTE] >> 6) * 0x55;
      return inWindow ? wholeAttribute(this.#ram(nametable | attributeAt(tile)), tile) : value;
    }
    const at = inWindow ? (address & 0x1ff8) | (y & 7) : address;
    if ((state[CONTROL] & EXTENDED_BANK) === 0)
      return this.#patternByte(at, inWindow ? this.#mapped(at) : value);
    const block = (registers[BACKGROUND_BANK] & 0x1f) << 18;
    return this.#chrByte(block | ((state[EXTENDED_BYTE] & 0x3f) << 12) | (at & 0xfff));
  }

  /** The line that a background read is for: the last reads of a line are for the next one. */
  get #drawnLine(): number {
    if (!this.hasFrame) return 0;
    return this.line + (this.place >= NEXT_LINE_READS || this.place === 0 ? 1 : 0);
  }

  #isWindow(): boolean {
    const registers = this.#registers;
    if ((registers[CHR_CONTROL] & WINDOW_ON) === 0) return false;
    return (
      isWithin(
        this.column(this.place),
        registers[WINDOW_COLUMNS] & 0x1f,
        registers[WINDOW_COLUMNS + 1] & 0x1f,
      ) && isWithin(this.#drawnLine, registers[WINDOW_LINES], registers[WINDOW_LINES + 1])
    );
  }

  /** Each sprite has its own 4 KiB bank, 8 KiB with tall sprites. */
  #spriteByte(address: number): number {
    const { state } = this;
    const bank = this.#ram(SPRITE_BANKS + this.#spriteOf((this.place - SPRITE_READS) >> 2));
    if (state[TALL_SPRITES] !== 0)
      return this.#chrByte((state[SPRITE_UPPER] << 21) | (bank << 13) | (address & 0x1fff));
    return this.#chrByte((state[SPRITE_UPPER] << 20) | (bank << 12) | (address & 0xfff));
  }

  /** The sprite that the PPU has found for `unit` of this line, 0 if there is none. */
  #spriteOf(unit: number): number {
    const height = this.state[TALL_SPRITES] !== 0 ? 16 : 8;
    let left = unit;
    for (let sprite = 0; sprite < SPRITES; sprite++) {
      const row = this.line - this.#ram(SPRITE_LINES + sprite);
      if (row >= 0 && row < height && left-- === 0) return sprite;
    }
    return 0;
  }

  /** In the 512-byte modes, pages of 1 KiB hold two banks. */
  #patternByte(address: number, value: number): number {
    const registers = this.#registers;
    const control = registers[CHR_CONTROL];
    if (address >= 0x2000 || (control & 4) === 0 || (control & 0x80) !== 0) return value;
    const window = address >> 9;
    const bank = (registers[CHR_UPPER + window] << 8) | registers[CHR_LOWER + window];
    return this.#chrByte((bank << 9) | (address & 0x1ff));
  }

  #mapped(address: number): number {
    const page = this.#memory.ppuReadPages[address >> 10];
    return page < 0 ? 0 : this.#memory.bytes[page + (address & 0x3ff)];
  }

  #ram(offset: number): number {
    return this.#memory.bytes[this.#memory.extraRam.offset + offset];
  }

  /** A byte of the chip that holds the pattern tables; FPGA RAM is 4 KiB for the PPU. */
  #chrByte(offset: number): number {
    const memory = this.#memory;
    const control = this.#registers[CHR_CONTROL];
    if ((control & 0x80) !== 0) return this.#ram(offset & 0xfff);
    const chip = (control & 0x40) === 0 ? memory.chrRom : memory.chrRam;
    return chip.bytes === 0 ? 0 : memory.bytes[chip.offset + (offset % chip.bytes)];
  }
}

/** Returns true if `value` is in a range that may wrap around. */
function isWithin(value: number, first: number, last: number): boolean {
  return first <= last ? value >= first && value <= last : value >= first || value <= last;
}
