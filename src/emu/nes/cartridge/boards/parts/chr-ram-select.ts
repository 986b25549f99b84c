import type { CartridgeMemory } from "../../memory.ts";

/** The first CHR bank that is RAM, by D1, D3 and D6 of the bank that was written through. */
const FIRST_RAM_BANKS: readonly number[] = [0x28, 0x00, 0x4c, 0x64, 0x46, 0x7c, 0x04, 0xff];

/** From this number on, a CHR bank is ROM, and a PPU write through it selects. */
const FIRST_SELECTING_BANK = 0x80;

/**
 * Calls `select` with the number of the CHR bank, modulo 256, for PPU writes to ROM through a bank that
 * selects. `bankOf` is the bank in one of the eight pages. This is how Waixing's FS303, FS306 and VRC4 clone
 * choose which banks are RAM. https://www.nesdev.org/wiki/NES_2.0_Mapper_544
 */
export function watchChrWrites(
  memory: CartridgeMemory,
  bankOf: (page: number) => number,
  select: (bank: number) => void,
): void {
  memory.onUnmappedPpuWrite = (address) => {
    if (address >= 0x2000) return;
    const bank = bankOf((address >> 10) & 7) & 0xff;
    if (bank >= FIRST_SELECTING_BANK) select(bank);
  };
}

/** Returns true if a CHR bank is RAM after a write through `selected`: one of four banks, two, or none. */
export function isSelectedRam(bank: number, selected: number): boolean {
  if ((selected & 0x10) !== 0) return false;
  const first = FIRST_RAM_BANKS[((selected >> 1) & 1) | ((selected >> 2) & 2) | ((selected >> 4) & 4)];
  return (bank & ((selected & 0x40) !== 0 ? 0xfe : 0xfc)) === first;
}
