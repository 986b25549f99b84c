/** Games of 128 KiB of PRG and of CHR ROM that share an MMC1. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { chipWindow } from "../parts/chip-window.ts";
import { map16 } from "../parts/register-board.ts";

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
    memory.prg = chipWindow(memory.prgRom, GAME_BYTES, registers[GAME]);
    memory.chr = chipWindow(
      memory.chrRom.bytes > 0 ? memory.chrRom : memory.chrRam,
      GAME_BYTES,
      registers[GAME],
    );
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
    if (address >= 0x8000) super.writeRegister(address, value, cycle);
    else if (address >= 0x6000 && this.isOpen) {
      this.selectFrom(value);
      this.updateBanks();
    }
  }

  protected get isOpen(): boolean {
    return (this.registers[PRG] & 0x10) === 0 && this.registers[LOCK] === 0;
  }

  /** Selects a game by the value of a write to $6000–$7FFF. */
  protected selectFrom(value: number): void {
    this.registers[GAME] = value >> 4;
    this.registers[LOCK] = value & 8;
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

/**
 * Mapper 404, JY012005: D0–D2 at $6000–$7FFF select the game and D7 locks them. With D6 the MMC1 has 128 KiB
 * of PRG instead of 256. https://www.nesdev.org/wiki/NES_2.0_Mapper_404
 */
class Jy012005 extends FaridSlrom {
  override updateBanks(): void {
    super.updateBanks();
    const { memory, registers } = this;
    if ((registers[LOCK] & 0x40) !== 0) return;
    memory.prg = chipWindow(memory.prgRom, 2 * GAME_BYTES, registers[GAME] >> 1);
    this.mapPrg();
  }

  protected override selectFrom(value: number): void {
    this.registers[GAME] = value & 7;
    this.registers[LOCK] = value & 0xc0;
  }

  protected override get isOpen(): boolean {
    return this.registers[LOCK] < 0x80;
  }
}

const MODE = 14;
const LATCH = 15;

/**
 * Mapper 297, TXC 01-22110-000: mapper 70 in the first 128 KiB of PRG and CHR or, with D0 at $4120, an MMC1 in
 * the second. The mirroring is vertical, by a wire on the board; puNES leaves it to the MMC1.
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
    memory.prg = chipWindow(memory.prgRom, GAME_BYTES, mode & 1);
    memory.chr = chipWindow(memory.chrRom, GAME_BYTES, mode & 1);
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
  {
    mapper: 323,
    name: "Farid SLROM 8-in-1",
    board: FaridSlrom,
    wiki: ["NES_2.0_Mapper_323"],
    unif: [{ names: "FARID_SLROM_8-IN-1" }],
  },
  { mapper: 374, name: "Super HiK 4-in-1 (MMC1)", board: ResetMmc1, wiki: ["NES_2.0_Mapper_374"] },
  { mapper: 297, name: "TXC 01-22110-000 2-in-1", board: Txc22110, wiki: ["NES_2.0_Mapper_297"] },
  { mapper: 404, name: "JY012005 8-in-1 (MMC1)", board: Jy012005, wiki: ["NES_2.0_Mapper_404"] },
];
