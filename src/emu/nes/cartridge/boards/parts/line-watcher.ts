import type { StateCheck } from "../../../../state-check.ts";
import { FLAG, range } from "../../../../state-fields.ts";
import { MAX_CYCLES } from "../../../region.ts";

// State, in bytes of the board's registers. Bytes 4–11 and 21–23 are free for the board.
const IN_FRAME = 0;
export const WATCHED_LINE = 1;
const SAME_READS = 2; // number of identical nametable reads in a row, minus one
const FETCH = 3; // position of the next read in the line; NO_LINE if it is unknown
const LAST_CYCLE_WORD = 3; // bytes 12–15
const LAST_ADDRESS_WORD = 4; // bytes 16–19
const PLACE = 20; // position of the last recorded read

/** Number of bytes of state, aligned to 4. */
export const LINE_WATCHER_BYTES = 24;

const NO_ADDRESS = -1;
const NO_LINE = 255;

// Reads of a line, by position: the first is the nametable byte of the third column.
export const SPRITE_READS = 128;
export const NEXT_LINE_READS = 160;
export const DUMMY_READS = 168;
const READS_PER_LINE = 170;
const NAMETABLES = 0x2000;
/** Three equal reads, and the one after them. */
export const FIRST_LINE_READS = 4;

/** After this many CPU cycles without a read, the PPU is not rendering. */
const IDLE_CYCLES = 3;

// What a read shows.
const NOTHING_NEW = 0;
export const FRAME_BEGINS = 1;
export const LINE_BEGINS = 2;

/**
 * Detects the state of rendering only by watching PPU reads, as MMC5 does: a line begins with the third read
 * in a row of one nametable address, and the frame ends when reads stop.
 * https://www.nesdev.org/wiki/MMC5#Scanline_Detection_and_Scanline_IRQ
 */
export class LineWatcher {
  protected readonly state: Uint8Array;
  readonly #words: Int32Array;

  /** `state` is LINE_WATCHER_BYTES of the board's registers, aligned to 4. */
  constructor(state: Uint8Array) {
    this.state = state;
    this.#words = new Int32Array(state.buffer, state.byteOffset, LINE_WATCHER_BYTES / 4);
  }

  powerOn(): void {
    this.leaveFrame();
  }

  /** Declares the valid values of a state. */
  declareState(state: StateCheck): void {
    state.slots("board.inFrame", this.state, FLAG, IN_FRAME, 1);
    state.slots("board.lastRead", this.#words, range(-MAX_CYCLES, MAX_CYCLES), LAST_CYCLE_WORD, 1);
    state.slots("board.lastAddress", this.#words, range(NO_ADDRESS, 0x3fff), LAST_ADDRESS_WORD, 1);
  }

  /** The PPU stops rendering. */
  leaveFrame(): void {
    this.state[IN_FRAME] = 0;
    this.state[SAME_READS] = 0;
    this.state[FETCH] = NO_LINE;
    this.#words[LAST_ADDRESS_WORD] = NO_ADDRESS;
  }

  /** The line that is being drawn, from 0. */
  get line(): number {
    return this.state[WATCHED_LINE];
  }

  /** The position in its line of the read just passed to `watch`. */
  get place(): number {
    return this.state[PLACE];
  }

  /** True from the first line of a frame on, until `watch` or `isInFrame` finds that it is over. */
  get hasFrame(): boolean {
    return this.state[IN_FRAME] !== 0;
  }

  isInFrame(cycle: number): boolean {
    return this.state[IN_FRAME] !== 0 && cycle - this.#words[LAST_CYCLE_WORD] < IDLE_CYCLES;
  }

  rebase(cycles: number): void {
    this.#words[LAST_CYCLE_WORD] = Math.max(this.#words[LAST_CYCLE_WORD] - cycles, -cycles);
  }

  /**
   * A lower bound of the reads until position `place`, at least 1, of line `line`, if no register is written.
   * The PPU has made up to `readsOfLine` reads of its line.
   */
  readsUntil(line: number, place: number, readsOfLine: number): number {
    const { state } = this;
    let starts = line + 1;
    if (this.hasFrame) {
      const linesLeft = line - this.line;
      const readsLeft = place + 1 - state[FETCH];
      if (linesLeft === 0 && readsLeft > 0) return readsLeft;
      if (linesLeft > 0) starts = linesLeft;
    }
    return this.#readsUntilStart(starts, readsOfLine) + place - 1;
  }

  /**
   * A lower bound of the reads until lines have begun `starts` times. After a write of the scroll registers a
   * line can seem to begin anywhere, so only the PPU knows how many reads are left of its line.
   */
  #readsUntilStart(starts: number, readsOfLine: number): number {
    const sameReads = this.state[SAME_READS];
    // The second read of a line shows that it has begun. Odd frames skip a dot, and perhaps a read.
    const toNextLine = READS_PER_LINE - readsOfLine + 2 - 1;
    const isNear = sameReads > 0 || this.#words[LAST_ADDRESS_WORD] >= NAMETABLES;
    if (!isNear) return toNextLine + READS_PER_LINE * (starts - 1);
    if (starts === 1) return Math.min(toNextLine, FIRST_LINE_READS - 1 - Math.min(sameReads, 2));
    return toNextLine + READS_PER_LINE * (starts - 2);
  }

  /** Records a read; returns what it shows. */
  watch(address: number, cycle: number): number {
    const { state } = this;
    const words = this.#words;
    if (cycle - words[LAST_CYCLE_WORD] >= IDLE_CYCLES) this.leaveFrame();
    words[LAST_CYCLE_WORD] = cycle;
    const event = state[SAME_READS] === 2 ? this.#lineBegins() : NOTHING_NEW;
    const same = address >= NAMETABLES && address === words[LAST_ADDRESS_WORD];
    state[SAME_READS] = same ? state[SAME_READS] + 1 : 0;
    if (state[SAME_READS] === 2) state[FETCH] = 0;
    words[LAST_ADDRESS_WORD] = address;
    state[PLACE] = state[FETCH];
    if (state[FETCH] !== NO_LINE) state[FETCH]++;
    return event;
  }

  /**
   * The column that a background read is for. The first two columns are read at the end of the previous line.
   */
  protected column(place: number): number {
    return place >= NEXT_LINE_READS ? (place - NEXT_LINE_READS) >> 2 : (place >> 2) + 2;
  }

  /** Handles the read after three equal ones: a new line, and the start of a frame if none is in progress. */
  #lineBegins(): number {
    const { state } = this;
    const isFirst = state[IN_FRAME] === 0;
    state[IN_FRAME] = 1;
    state[WATCHED_LINE] = isFirst ? 0 : state[WATCHED_LINE] + 1;
    return isFirst ? FRAME_BEGINS : LINE_BEGINS;
  }
}

/** The index in a nametable of the tile at line `y` of `column`. */
export function tileAt(y: number, column: number): number {
  return ((y & 0xf8) << 2) | column;
}

/** The address in a nametable of the attribute byte of a tile. */
export function attributeAt(tile: number): number {
  return 0x3c0 | ((tile >> 4) & 0x38) | ((tile >> 2) & 7);
}

/** An attribute byte that gives all four quadrants the palette of a tile. */
export function wholeAttribute(attribute: number, tile: number): number {
  return ((attribute >> (((tile >> 4) & 4) | (tile & 2))) & 3) * 0x55;
}
