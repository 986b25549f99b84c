/** Multicarts around an MMC1 with a register for the size of its PRG, or with another mode. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { outerMmc1 } from "../parts/outer-mmc1.ts";
import { map16, partOf, wholeChr } from "../parts/register-board.ts";

const GAME_BYTES = 128 * KIB;

/**
 * Mapper 404, JY012005: D0–D2 at $6000–$7FFF select the game and D7 locks them. With D6 the MMC1 has 128 KiB
 * of PRG instead of 256. https://www.nesdev.org/wiki/NES_2.0_Mapper_404
 */
const Jy012005 = outerMmc1({
  write(outer, address, value) {
    if (address >= 0x6000 && address < 0x8000 && outer[0] < 0x80) outer[0] = value;
    return address < 0x8000;
  },
  parts(memory, { 0: outer }) {
    const game = outer & 7;
    const isSmall = (outer & 0x40) !== 0;
    memory.prg = partOf(memory.prgRom, isSmall ? game : game >> 1, isSmall ? GAME_BYTES : 2 * GAME_BYTES);
    memory.chr = partOf(wholeChr(memory), game, GAME_BYTES);
  },
  map: (memory) => memory.unmapCpu(0x6000, 8 * KIB),
});

const MODE = 14;
const LATCH = 15;

/**
 * Mapper 297, TXC 01-22110-000: mapper 70 in the first 128 KiB of PRG and CHR or, with D0 at $4120, an MMC1
 * in the second. The mirroring is vertical, by a wire on the board; puNES leaves it to the MMC1.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_297
 */
class Txc22110 extends Mmc1 {
  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000 && (registers[MODE] & 1) !== 0) super.writeRegister(address, value, cycle);
    else {
      if (address >= 0x8000) registers[LATCH] = value;
      else if ((address & 0xe100) === 0x4100) registers[MODE] = value;
      this.updateBanks();
    }
  }

  override isUnseenByPpu(address: number, value: number): boolean {
    return address >= 0x8000 && (this.registers[MODE] & 1) !== 0 && super.isUnseenByPpu(address, value);
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    const mode = registers[MODE];
    memory.prg = partOf(memory.prgRom, mode & 1, GAME_BYTES);
    memory.chr = partOf(memory.chrRom, mode & 1, GAME_BYTES);
    super.updateBanks();
    if ((mode & 1) === 0) {
      const block = (mode & 2) << 1;
      map16(memory, block | ((registers[LATCH] >> 4) & 3), block | 3);
      memory.mapChr(0x0000, 8 * KIB, registers[LATCH] & 0x0f);
    }
    memory.mirror("vertical");
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 297, name: "TXC 01-22110-000 2-in-1", board: Txc22110, wiki: ["NES_2.0_Mapper_297"] },
  { mapper: 404, name: "JY012005 8-in-1 (MMC1)", board: Jy012005, wiki: ["NES_2.0_Mapper_404"] },
];
