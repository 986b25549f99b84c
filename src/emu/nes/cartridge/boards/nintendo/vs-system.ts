import { KIB } from "../../../../units.ts";
import { Board, HOOK_CPU_WRITES } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { BoardChips } from "../../memory.ts";

const OUT2 = 0;
const OUT1 = 1;

/**
 * Mapper 99, VS. UniSystem: bit 2 of $4016 switches CHR, and the first 8 KiB of PRG in games with more than
 * 32 KiB. Always four screens. https://www.nesdev.org/wiki/INES_Mapper_099
 *
 * In a DualSystem, bit 1 of $4016 is the other console's IRQ line, and that of the main console gives the RAM
 * to one of them. https://www.nesdev.org/wiki/Vs._System
 */
class VsSystem extends Board {
  override readonly hooks: number = HOOK_CPU_WRITES;

  static override chips(): BoardChips {
    return { ciramBytes: 4 * KIB };
  }

  /** The RAM is the sub console's, and only its IRQ line is low: Wrecking Crew needs this, as in Mesen. */
  override powerOn(): void {
    if (this.options.vsWiring?.isSub !== true) return;
    this.registers[OUT1] = 1;
    this.assertIrq(0);
  }

  override reset(): void {
    const { vsWiring } = this.options;
    if (vsWiring === undefined) return;
    this.registers[OUT1] = vsWiring.isSub ? 1 : 0;
    vsWiring.out1Changed(vsWiring.isSub, 0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address !== 0x4016) return;
    const out1 = (value >> 1) & 1;
    const isOut1Changed = out1 !== this.registers[OUT1];
    this.registers[OUT2] = (value >> 2) & 1;
    this.registers[OUT1] = out1;
    if (isOut1Changed) this.options.vsWiring?.out1Changed(out1 === 1, cycle);
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory } = this;
    const bank = this.registers[OUT2];
    const { vsWiring } = this.options;
    if (vsWiring === undefined) memory.mapPrgRam(0x6000, 8 * KIB, 0);
    else if ((vsWiring.mainRegisters[OUT1] === 1) !== vsWiring.isSub) {
      memory.mapCpu(0x6000, 8 * KIB, vsWiring.sharedRam, 0);
    } else memory.unmapCpu(0x6000, 8 * KIB);
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
    fourScreens: true,
    board: VsSystem,
    wiki: ["INES_Mapper_099"],
    ram: { prgBytes: 2 * KIB },
  },
];
