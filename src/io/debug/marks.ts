import type { CartridgeImage } from "../../emu/nes/cartridge/image.ts";
import type { Nes } from "../../emu/nes/nes.ts";

const PAGE_BITS = 11;
const PAGE_MASK = (1 << PAGE_BITS) - 1;
const NOT_RAM = -1;
/** A trainer is loaded at $7000. */
const TRAINER_OFFSET = 0x1000;

/**
 * Records which bytes of RAM have been written since power-on: the program's, the cartridge's and video RAM.
 */
export class WrittenMarks {
  readonly #nes: Nes;
  readonly #first: number;
  readonly #bits: Uint8Array;

  /** `image` is the cartridge that was just powered on. RAM that it preserves or loads counts as written. */
  constructor(nes: Nes, { trainer }: CartridgeImage) {
    this.#nes = nes;
    const { workRam, extraRam } = nes.memory;
    // All RAM is one range of the arena, from work RAM to the board's own RAM.
    this.#first = workRam.offset;
    this.#bits = new Uint8Array((extraRam.offset + extraRam.bytes - workRam.offset + 7) >> 3);
    const { battery, prgRam } = nes.memory;
    if (trainer !== undefined) this.#markRange(prgRam.offset + TRAINER_OFFSET, trainer.length);
    if (battery.bytes > 0) this.#markRange(battery.offset, battery.bytes);
  }

  /** Marks the byte that a write to a CPU address reaches. */
  markCpu(address: number): void {
    const at = this.#cpuBit(address, this.#nes.memory.cpuWritePages);
    if (at !== NOT_RAM) this.#bits[at >> 3]! |= 1 << (at & 7);
  }

  /** Marks the byte that a write to a PPU address below $3F00 reaches. */
  markPpu(address: number): void {
    const page = this.#nes.memory.ppuWritePages[address >> 10]!;
    if (page < 0) return;
    const at = page + (address & 0x3ff) - this.#first;
    this.#bits[at >> 3]! |= 1 << (at & 7);
  }

  /** True if a CPU address is RAM that nothing has written. */
  isFreshCpu(address: number): boolean {
    const at = this.#cpuBit(address, this.#nes.memory.cpuReadPages);
    return at !== NOT_RAM && (this.#bits[at >> 3]! & (1 << (at & 7))) === 0;
  }

  /** True if a PPU address is video RAM that nothing has written. */
  isFreshPpu(address: number): boolean {
    const { ppuReadPages, ppuWritePages } = this.#nes.memory;
    const page = ppuReadPages[(address & 0x3fff) >> 10]!;
    if (address >= 0x3f00 || page < 0 || ppuWritePages[address >> 10]! !== page) return false;
    const at = page + (address & 0x3ff) - this.#first;
    return (this.#bits[at >> 3]! & (1 << (at & 7))) === 0;
  }

  save(): Uint8Array {
    return this.#bits.slice();
  }

  restore(saved: Uint8Array): void {
    this.#bits.set(saved);
  }

  #cpuBit(address: number, pages: Int32Array): number {
    const page = pages[address >> PAGE_BITS]!;
    const at = page + (address & PAGE_MASK) - this.#first;
    return page < 0 || at < 0 || at >= this.#bits.length * 8 ? NOT_RAM : at;
  }

  #markRange(offset: number, bytes: number): void {
    for (let at = offset - this.#first; at < offset - this.#first + bytes; at++) {
      if (at >= 0) this.#bits[at >> 3]! |= 1 << (at & 7);
    }
  }
}
