import type { StateCheck } from "../../../../state-check.ts";
import { range } from "../../../../state-fields.ts";
import { KIB } from "../../../../units.ts";
import { Board } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";

const SELECT = 8;
const MIRRORING = 9;
const CHR_OUTER = 10;

/**
 * Mapper 112, NTDEC ASDER: an index at $8000, data at $A000, bit 8 of each 1 KiB CHR bank at $C000.
 * https://www.nesdev.org/wiki/INES_Mapper_112
 */
class NtdecAsder extends Board {
  override powerOn(): void {
    this.registers[1] = 1;
  }

  override declareState(state: StateCheck): void {
    state.slots("board.select", this.registers, range(0, 7), SELECT, 1);
  }

  override writeRegister(address: number, value: number): void {
    const { registers } = this;
    const register = address & 0xe001;
    if (register === 0x8000) registers[SELECT] = value & 7;
    else if (register === 0xa000) registers[registers[SELECT]] = value;
    else if (register === 0xc000) registers[CHR_OUTER] = value;
    else if (register === 0xe000) registers[MIRRORING] = value & 1;
    else return;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrgRam(0x6000, 8 * KIB, 0);
    memory.mapPrg(0x8000, 8 * KIB, registers[0]);
    memory.mapPrg(0xa000, 8 * KIB, registers[1]);
    memory.mapPrg(0xc000, 16 * KIB, -1);
    memory.mapChr(0x0000, 2 * KIB, registers[2] >> 1);
    memory.mapChr(0x0800, 2 * KIB, registers[3] >> 1);
    for (let page = 0; page < 4; page++) {
      const high = (registers[CHR_OUTER] >> (4 + page)) & 1;
      memory.mapChr(0x1000 + page * KIB, KIB, (high << 8) | registers[4 + page]);
    }
    memory.mirror(registers[MIRRORING] === 0 ? "vertical" : "horizontal");
  }
}

/** Mapper 193, NTDEC TC-112: five registers at $6000. https://www.nesdev.org/wiki/INES_Mapper_193 */
class NtdecTc112 extends Board {
  /** Mirroring is wired on the board; games do not set it. */
  override powerOn(): void {
    this.registers[4] = this.memory.mirroring === "horizontal" ? 1 : 0;
  }

  override writeRegister(address: number, value: number): void {
    if ((address & 0xe000) !== 0x6000) return;
    this.registers[address & 7] = value;
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.mapPrg(0x8000, 8 * KIB, registers[3]);
    for (let slot = 1; slot < 4; slot++) memory.mapPrg(0x8000 + slot * 8 * KIB, 8 * KIB, slot - 4);
    memory.mapChr(0x0000, 4 * KIB, registers[0] >> 2);
    memory.mapChr(0x1000, 2 * KIB, registers[1] >> 1);
    memory.mapChr(0x1800, 2 * KIB, registers[2] >> 1);
    memory.mirror((registers[4] & 1) === 0 ? "vertical" : "horizontal");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 112,
    name: "NTDEC ASDER, MMC3-like",
    board: NtdecAsder,
    wiki: ["INES_Mapper_112"],
  },
  {
    mapper: 193,
    name: "NTDEC TC-112",
    board: NtdecTc112,
    wiki: ["INES_Mapper_193"],
  },
];
