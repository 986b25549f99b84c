import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_WRITES } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";

const OUT = 0;

/**
 * Mapper 99, VS. UniSystem: bit 2 of $4016 switches CHR, and the first 8 KiB of PRG in games with more than
 * 32 KiB. Always four screens. https://www.nesdev.org/wiki/INES_Mapper_099
 */
class VsSystem extends Board {
  override readonly hooks: number = HOOK_CPU_WRITES;

  static override chips(): BoardChips {
    return { ciramBytes: 4 * KIB };
  }

  override writeRegister(address: number, value: number): void {
    if (address !== 0x4016) return;
    this.registers[OUT] = (value >> 2) & 1;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory } = this;
    const bank = this.registers[OUT];
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 32 * KIB, 0);
    if (memory.prgRom.bytes > 32 * KIB) memory.mapPrg(0x8000, 8 * KIB, bank * 4);
    memory.mapChr(0x0000, 8 * KIB, bank);
    memory.mirror("four-screen");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 99,
    name: "VS System",
    board: VsSystem,
    wiki: ["INES_Mapper_099"],
    ram: { prgBytes: 2 * KIB },
  },
];
