import { type Board, HOOK_A12, HOOK_PPU_FETCH } from "../cartridge/board.ts";
import type { CartridgeMemory } from "../cartridge/memory.ts";
import type { RegionTiming } from "../region.ts";
import { type PpuArrays, PpuState } from "./state.ts";

const PALETTE_START = 0x3f00;

/**
 * The PPU's side of the cartridge. Fourteen address pins, the low eight of which double as data: an
 * external latch, open while ALE is high, keeps the low byte during the read that follows. The byte
 * read stays on those pins. https://www.nesdev.org/wiki/PPU_pinout
 */
export abstract class VideoBus extends PpuState {
  protected readonly board: Board;
  protected readonly watchesFetches: boolean;
  protected readonly watchesA12: boolean;
  protected readonly bytes: Uint8Array;
  protected readonly readPages: Int32Array;
  private readonly writePages: Int32Array;

  constructor(arrays: PpuArrays, memory: CartridgeMemory, region: RegionTiming, board: Board) {
    super(arrays, memory, region);
    this.board = board;
    this.watchesFetches = (board.hooks & HOOK_PPU_FETCH) !== 0;
    this.watchesA12 = (board.hooks & HOOK_A12) !== 0;
    this.bytes = memory.bytes;
    this.readPages = memory.ppuReadPages;
    this.writePages = memory.ppuWritePages;
  }

  /** A read with the high address from the pins and the low address from the latch. */
  protected fetchVideo(): number {
    const address = (this.addressBus & 0x3f00) | this.octalLatch;
    const page = this.readPages[address >> 10];
    let value = page < 0 ? this.addressBus & 0xff : this.bytes[page + (address & 0x3ff)];
    if (this.watchesFetches) value = this.board.ppuFetch(address, value, this.cpuCycle());
    this.addressBus = (this.addressBus & 0xff00) | value;
    return value;
  }

  /** A fetch that does not change the pins, for batches, which set them at their end. */
  protected videoByte(address: number): number {
    const page = this.readPages[address >> 10];
    return page < 0 ? address & 0xff : this.bytes[page + (address & 0x3ff)];
  }

  /** The first CPU cycle whose sample sees a change made now. */
  protected abstract cpuCycle(): number;

  /** A write by way of $2007. Palette RAM is inside the PPU: the cartridge sees no write then. */
  protected storeVideo(value: number): void {
    if ((this.addressBus & PALETTE_START) === PALETTE_START) {
      this.palette[paletteIndex(this.addressBus)] = value & 0x3f;
      return;
    }
    const address = (this.addressBus & 0x3f00) | this.octalLatch;
    const page = this.writePages[address >> 10];
    if (page >= 0) this.bytes[page + (address & 0x3ff)] = value;
    this.memory.nametableVersion++;
  }

  /** A byte of the PPU's address space, without side effects. */
  peekVideo(address: number): number {
    const at = address & 0x3fff;
    if (at >= PALETTE_START) return this.palette[paletteIndex(at)];
    const page = this.readPages[at >> 10];
    return page < 0 ? at & 0xff : this.bytes[page + (at & 0x3ff)];
  }

  /** Writes straight to RAM or palette. */
  pokeVideo(address: number, value: number): void {
    const at = address & 0x3fff;
    if (at >= PALETTE_START) {
      this.palette[paletteIndex(at)] = value & 0x3f;
      return;
    }
    const page = this.writePages[at >> 10];
    if (page >= 0) this.bytes[page + (at & 0x3ff)] = value & 0xff;
    this.memory.nametableVersion++;
  }
}

/** Where an address in $3F00–$3FFF lies in palette RAM: the backdrop entries of sprites are those of the background. */
export function paletteIndex(address: number): number {
  return (address & 3) === 0 ? address & 0x0f : address & 0x1f;
}
