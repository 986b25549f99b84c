import { KIB } from "../../../../units.ts";
import { type BoardParts, HOOK_CPU_TIME } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { Mirroring } from "../../image.ts";
import { isSelectedRam, watchChrWrites } from "../parts/chr-ram-select.ts";
import { map16, mapNrom, mirrorBy, registerBoard } from "../parts/register-board.ts";
import { VrcIrqBoard } from "../parts/vrc-irq.ts";

/**
 * Mapper 178, FS305 and NJ0430: NROM or UNROM within 128 KiB, and 32 KiB of RAM. Mapper 551, KT-xxx: the same
 * with CHR ROM in place of the RAM banks, and wired mirroring. https://www.nesdev.org/wiki/INES_Mapper_178
 */
const Fs305 = registerBoard({
  onReset: "restores",
  write(registers, address, value) {
    if ((address & 0xf800) !== 0x4800) return false;
    registers[address & 3] = value;
    return true;
  },
  banks(memory, [mode, inner, outer, ram], { mapper }) {
    const base = outer << 3;
    const bank = base | (inner & 7);
    const isSmall = (mode & 4) !== 0;
    if ((mode & 2) === 0) mapNrom(memory, bank, !isSmall);
    else map16(memory, bank, isSmall ? base | 6 | (inner & 1) : base | 7);
    if (mapper === 551) memory.mapChr(0x0000, 8 * KIB, ram);
    else {
      memory.mapPrgRam(0x6000, 8 * KIB, ram & 3);
      memory.mapChr(0x0000, 8 * KIB, 0);
      mirrorBy(memory, mode & 1);
    }
  },
});

const MIRRORINGS: readonly Mirroring[] = ["vertical", "horizontal", "single-0", "single-1"];

const CHR_LOW = 0; // eight registers
const CHR_HIGH = 8;
const PRG = 16; // two registers
const MIRRORING = 18;
const CHR_RAM_SELECT = 19;

/**
 * Mappers 252 and 253, Waixing's VRC4 clone: two CHR banks are RAM. PPU writes through ROM banks select
 * which: the game of mapper 253 writes through $88 to see ROM, and through $C8 to see the RAM again. On
 * mapper 252 they are 6 and 7 until then, as in FCEUmm. https://www.nesdev.org/wiki/INES_Mapper_252 and
 * https://www.nesdev.org/wiki/INES_Mapper_253
 */
class WaixingVrc4 extends VrcIrqBoard {
  override readonly hooks: number = HOOK_CPU_TIME;

  constructor(parts: BoardParts) {
    super(parts);
    watchChrWrites(
      this.memory,
      (page) => this.registers[CHR_LOW + page],
      (bank) => {
        this.registers[CHR_RAM_SELECT] = bank;
        this.updateBanks();
      },
    );
  }

  override powerOn(): void {
    super.powerOn();
    this.registers[CHR_RAM_SELECT] = this.image.mapper === 253 ? 0xc8 : 0;
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { registers } = this;
    const select = ((address >> 2) & 1) | ((address >> 2) & 2);
    switch (address & 0xf000) {
      case 0x8000:
        registers[PRG] = value & 0x1f;
        break;
      case 0x9000:
        if (select < 2) registers[MIRRORING] = value & 3;
        break;
      case 0xa000:
        registers[PRG + 1] = value & 0x1f;
        break;
      case 0xb000:
      case 0xc000:
      case 0xd000:
      case 0xe000:
        this.#writeChr((((address >> 12) - 0xb) << 1) | (select >> 1), (select & 1) !== 0, value);
        break;
      case 0xf000:
        if (select === 0) this.writeIrqLatchLow(value);
        else if (select === 1) this.writeIrqLatchHigh(value);
        else if (select === 2) this.writeIrqControl(value, cycle);
        else this.acknowledgeIrq(cycle);
        break;
      default:
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 8 * KIB, registers[PRG]);
    memory.mapPrg(0xa000, 8 * KIB, registers[PRG + 1]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    for (let page = 0; page < 8; page++) {
      const bank = registers[CHR_LOW + page] | (registers[CHR_HIGH + page] << 8);
      memory.mapPpu(page * KIB, KIB, this.#isRam(bank & 0xff) ? memory.chrRam : memory.chr, bank);
    }
    memory.mirror(MIRRORINGS[registers[MIRRORING]]);
  }

  #isRam(bank: number): boolean {
    const selected = this.registers[CHR_RAM_SELECT];
    return selected === 0 ? (bank & 0xfe) === 6 : isSelectedRam(bank, selected);
  }

  #writeChr(page: number, isHigh: boolean, value: number): void {
    const { registers } = this;
    const low = registers[CHR_LOW + page];
    registers[CHR_LOW + page] = isHigh ? (low & 0x0f) | ((value & 0x0f) << 4) : (low & 0xf0) | (value & 0x0f);
    if (isHigh) registers[CHR_HIGH + page] = (value >> 4) & 1;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 178,
    submappers: [1],
    name: "Waixing FS305 with an infrared sensor",
    board: Fs305,
    lacks: ["the infrared sensor of this cartridge is missing"],
  },
  {
    mapper: 178,
    name: "Waixing FS305, NJ0430",
    board: Fs305,
    wiki: ["INES_Mapper_178"],
    ram: { prgBytes: 32 * KIB },
  },
  { mapper: 551, name: "Jncota KT-xxx", board: Fs305 },
  {
    mapper: 252,
    name: "Waixing VRC4 clone",
    board: WaixingVrc4,
    wiki: ["INES_Mapper_252"],
    ram: { besideRomBytes: 2 * KIB },
  },
  {
    mapper: 253,
    name: "Waixing VRC4 clone (Dragon Ball Z)",
    board: WaixingVrc4,
    wiki: ["INES_Mapper_253"],
    ram: { besideRomBytes: 2 * KIB },
  },
];
