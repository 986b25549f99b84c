/** Multicarts around clones of the VRC4. */
import { KIB } from "../../../../units.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import type { CartridgeImage } from "../../image.ts";
import type { BoardChips } from "../../memory.ts";
import { CHR_HIGH, VRC4_FREE, Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { partOf } from "../parts/register-board.ts";
import { Tf1201 } from "../unlicensed/vrc4-clones.ts";

const OUTER = VRC4_FREE;
const BLOCK_BYTES = 128 * KIB;

/**
 * Mapper 362, 830506C: bits 7 and 8 of the CHR banks are also PRG A17 and A18, on the board those of the bank
 * that the PPU reads. Games write the same bits to all banks; here the first one selects PRG. In images that
 * are larger than the blocks, the reset button switches to the game behind them, as in FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_362
 */
class Multicart830506C extends Tf1201 {
  override reset(): void {
    if (this.memory.prgRom.bytes <= 4 * BLOCK_BYTES) return;
    this.registers[OUTER] ^= 4;
    this.updateBanks();
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const game = registers[OUTER];
    memory.prg = partOf(memory.prgRom, game === 0 ? (registers[CHR_HIGH] >> 3) & 3 : game, BLOCK_BYTES);
    memory.chr = partOf(memory.chrRom, game >> 2, 4 * BLOCK_BYTES);
    super.mapBanks();
  }
}

const LOCK_384 = 8;

/**
 * Mapper 384, L1A16: a register at $6800–$6FFF selects the block, over a mirror of 2 KiB of RAM at $6000.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_384
 */
class L1a16 extends Vrc2And4 {
  static override chips(_image: CartridgeImage): BoardChips {
    return { prgRamBytes: 2 * KIB, prgNvramBytes: 0 };
  }

  override reset(): void {
    this.registers.fill(0, 0, OUTER + 1);
    this.updateBanks();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    const { memory, registers } = this;
    if ((address & 0xf800) !== 0x6800) super.writeBoard(address, value, cycle);
    else {
      memory.bytes[memory.ram.offset + (address & 0x7ff)] = value;
      if ((registers[OUTER] & LOCK_384) === 0) registers[OUTER] = value & 0x0f;
    }
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    memory.prg = partOf(memory.prgRom, registers[OUTER] & 7, BLOCK_BYTES);
    memory.chr = partOf(memory.chrRom, registers[OUTER] & 7, BLOCK_BYTES);
    super.mapBanks();
    memory.unmapCpu(0x6000, 8 * KIB);
    memory.mapPrgRam(0x6000, 2 * KIB, 0);
    memory.mapPrgRam(0x6800, 2 * KIB, 0, true, false);
  }
}

/**
 * Mapper 398, YY840820C: each write to $8000–$FFFF also latches A6 and A7. With A7, CNROM games have a PRG
 * bank of 32 KiB and a CHR bank of 8 KiB, whose low bits are those of the VRC4's CHR banks; here of the first
 * one. https://www.nesdev.org/wiki/NES_2.0_Mapper_398
 */
class Yy840820c extends Vrc2And4 {
  override powerOn(): void {
    this.registers[OUTER] = 0xc0;
  }

  override reset(): void {
    this.registers.fill(0, 0, OUTER);
    this.powerOn();
    this.updateBanks();
  }

  protected override writeBoard(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) this.registers[OUTER] = address & 0xc0;
    super.writeBoard(address, value, cycle);
  }

  protected override mapBanks(): void {
    const { memory, registers } = this;
    const outer = registers[OUTER];
    memory.prg = partOf(memory.prgRom, 0, BLOCK_BYTES);
    memory.chr = partOf(memory.chrRom, 0, 4 * BLOCK_BYTES);
    super.mapBanks();
    if (outer < 0x80) return;
    const bank = registers[0] & 7;
    memory.mapCpu(0x8000, 32 * KIB, memory.prgRom, ((outer >> 5) & 6) | (bank >> 2));
    memory.mapPpu(0x0000, 8 * KIB, memory.chrRom, 0x40 | ((outer >> 3) & 8) | bank);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 362, name: "830506C 4-in-1 (VRC4)", board: Multicart830506C, wiki: ["NES_2.0_Mapper_362"] },
  { mapper: 384, name: "L1A16 4-in-1 (VRC4)", board: L1a16, wiki: ["NES_2.0_Mapper_384"] },
  { mapper: 398, name: "YY840820C 5-in-1 (VRC4)", board: Yy840820c, wiki: ["NES_2.0_Mapper_398"] },
];
