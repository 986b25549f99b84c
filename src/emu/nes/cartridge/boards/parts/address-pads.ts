import { type CartridgeMemory, CPU_PAGE_BYTES, FIRST_ROM_PAGE, UNMAPPED } from "../../memory.ts";

/**
 * Solder pads that a multicart can put in the place of the lowest address lines of PRG ROM: a menu reads
 * there which games to list. All pads are 0 here.
 */
export class AddressPads {
  /** The pages of $8000–$FFFF while reads go through `read`. */
  #pages = new Int32Array(0);

  /** Takes $8000–$FFFF out of the page tables, after the board has mapped it. */
  take(memory: CartridgeMemory): void {
    this.#pages = memory.cpuReadPages.slice(FIRST_ROM_PAGE);
    memory.unmapCpu(0x8000, 0x8000);
  }

  /** The byte at `address` ($8000–$FFFF) with the address lines in the mask `lines` low. */
  read(memory: CartridgeMemory, address: number, lines: number, openBus: number): number {
    const page = this.#pages[(address >> 11) - FIRST_ROM_PAGE] ?? UNMAPPED;
    return page === UNMAPPED ? openBus : memory.bytes[page + (address & (CPU_PAGE_BYTES - 1) & ~lines)];
  }
}
