/** Games of 128 KiB of PRG and of CHR ROM that share an MMC1. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { partOf, wholeChr } from "../parts/register-board.ts";

/** The first register that the MMC1 does not use. */
const GAME = 12;
const LOCK = 13;
const PRG = 3;
const MMC1_BYTES = 12;
const GAME_BYTES = 128 * KIB;

/**
 * Mapper 374, Super HiK 4-in-1: each press of the reset button selects the next game.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_374
 */
class ResetMmc1 extends Mmc1 {
  override reset(): void {
    this.registers.fill(0, 0, MMC1_BYTES);
    super.powerOn();
    this.selectGame();
    this.updateBanks();
  }

  override updateBanks(): void {
    const { memory, registers } = this;
    memory.prg = partOf(memory.prgRom, registers[GAME], GAME_BYTES);
    memory.chr = partOf(wholeChr(memory), registers[GAME], GAME_BYTES);
    super.updateBanks();
  }

  protected selectGame(): void {
    this.registers[GAME] = (this.registers[GAME] + 1) & 3;
  }
}

/**
 * Mapper 323, Farid's 8-in-1 of SLROM games: D4–D7 at $6000–$7FFF select the game and D3 locks it, while the
 * MMC1 enables RAM. https://www.nesdev.org/wiki/NES_2.0_Mapper_323
 */
class FaridSlrom extends ResetMmc1 {
  override writeRegister(address: number, value: number, cycle: number): void {
    const { registers } = this;
    if (address >= 0x8000) super.writeRegister(address, value, cycle);
    else if (address >= 0x6000 && (registers[PRG] & 0x10) === 0 && registers[LOCK] === 0) {
      registers[GAME] = value >> 4;
      registers[LOCK] = value & 8;
      this.updateBanks();
    }
  }

  /** Writes below $8000 change what the PPU sees. */
  override isUnseenByPpu(address: number, value: number): boolean {
    return address >= 0x8000 && super.isUnseenByPpu(address, value);
  }

  override updateBanks(): void {
    super.updateBanks();
    this.memory.unmapCpu(0x6000, 8 * KIB);
  }

  protected override selectGame(): void {
    this.registers[GAME] = 0;
    this.registers[LOCK] = 0;
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  {
    mapper: 323,
    name: "Farid SLROM 8-in-1",
    board: FaridSlrom,
    wiki: ["NES_2.0_Mapper_323"],
    unif: [{ names: "FARID_SLROM_8-IN-1" }],
  },
  { mapper: 374, name: "Super HiK 4-in-1 (MMC1)", board: ResetMmc1, wiki: ["NES_2.0_Mapper_374"] },
];
