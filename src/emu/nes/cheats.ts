import type { Board } from "./cartridge/board.ts";
import { type CartridgeMemory, CPU_PAGE_BYTES, FIRST_ROM_PAGE, UNMAPPED } from "./cartridge/memory.ts";

/** Size of the copies: 2 KiB for each page of ROM in the CPU's space, $8000–$FFFF. */
export const CHEAT_BYTES = 16 * CPU_PAGE_BYTES;
const PAGE_MASK = CPU_PAGE_BYTES - 1;
/** Maximum number of cheats. */
const MAX_CHEATS = 64;

/**
 * Bytes that the program reads instead of the real ones, as with a Game Genie between cartridge and console.
 * When a page of ROM with such a byte is banked in, a changed copy of it is mapped instead. Bytes in RAM are
 * written before each frame. Cheats are not part of a state. https://www.nesdev.org/wiki/Game_Genie
 */
export class Cheats {
  readonly #memory: CartridgeMemory;
  readonly #board: Board;
  /** Offset of the copies in the arena. */
  readonly #copies: number;
  readonly #addresses = new Int32Array(MAX_CHEATS);
  readonly #values = new Int32Array(MAX_CHEATS);
  readonly #compares = new Int32Array(MAX_CHEATS);
  #count = 0;

  /** `copies` are `CHEAT_BYTES` bytes of the arena, outside the mutable run. */
  constructor(memory: CartridgeMemory, board: Board, copies: Uint8Array) {
    this.#memory = memory;
    this.#board = board;
    this.#copies = copies.byteOffset - memory.bytes.byteOffset;
  }

  clear(): void {
    this.#count = 0;
    this.#memory.onRomPage = undefined;
    this.#board.updateBanks();
  }

  /**
   * Adds a cheat. A `compare` of −1 matches any byte. Cheats beyond 64 and at addresses of registers are
   * ignored.
   */
  add(address: number, value: number, compare: number): void {
    if (this.#count === MAX_CHEATS) return;
    this.#addresses[this.#count] = address & 0xffff;
    this.#values[this.#count] = value & 0xff;
    this.#compares[this.#count] = compare;
    this.#count++;
    this.#memory.onRomPage ??= (page) => this.#replacePage(page);
    this.#board.updateBanks();
  }

  /** Writes the cheats in RAM. Call it before each frame. */
  writeRam(): void {
    const memory = this.#memory;
    for (let i = 0; i < this.#count; i++) {
      const address = this.#addresses[i];
      const page = memory.cpuWritePages[address >> 11];
      if (address >= 0x8000 || page === UNMAPPED) continue;
      const at = page + (address & PAGE_MASK);
      if (this.#compares[i] < 0 || memory.bytes[at] === this.#compares[i]) memory.bytes[at] = this.#values[i];
    }
  }

  #replacePage(page: number): void {
    const { bytes, cpuReadPages } = this.#memory;
    const original = cpuReadPages[page];
    if (original === UNMAPPED) return;
    const copy = this.#copies + (page - FIRST_ROM_PAGE) * CPU_PAGE_BYTES;
    for (let i = 0; i < this.#count; i++) {
      const address = this.#addresses[i];
      if (address >> 11 !== page) continue;
      const at = address & PAGE_MASK;
      if (this.#compares[i] >= 0 && bytes[original + at] !== this.#compares[i]) continue;
      if (cpuReadPages[page] === original) bytes.copyWithin(copy, original, original + CPU_PAGE_BYTES);
      cpuReadPages[page] = copy;
      bytes[copy + at] = this.#values[i];
    }
  }
}
