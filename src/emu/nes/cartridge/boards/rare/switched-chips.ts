/** Multicarts that work like one of two chips. */
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { exchangedByA11, MMC3, VRC4_IRQ_CONTROL } from "../multicart/switched-multicarts.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { partOf, wholeChr } from "../parts/register-board.ts";
import { SwitchedBoard } from "../parts/switched-board.ts";

const CHR_BASE = 0; // 1 KiB bank
const PRG_BASE = 1; // 8 KiB bank
const CHR_SIZE = 2; // VCCCSSSS: VRC4, CHR base, CHR size
const PRG_SIZE = 3; // LBSSSSSS: lock, base, inverted mask
const NEXT = 4; // the register of the next write

/**
 * Mapper 556, JY-215: an MMC3 or a VRC4, in blocks that four writes to $5000–$5FFF set, one register after
 * the other, as on mapper 45. puNES exchanges the VRC4's A2 and A3 by A11, FCEUmm has A0 and A1 too: both are
 * here. Blocks are aligned to their size. https://www.nesdev.org/wiki/NES_2.0_Mapper_556
 */
class Jy215 extends SwitchedBoard {
  constructor(parts: BoardParts) {
    super(parts, [MMC3, { board: Vrc2And4, mapper: 556, registersAt: 0 }]);
  }

  override powerOn(): void {
    super.powerOn();
    this.own[CHR_SIZE] = 0x0f;
  }

  override reset(): void {
    this.own.fill(0);
    this.restartChips(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { own } = this;
    const before = this.selected;
    if (address >= 0x8000) this.writeChip(before === 1 ? exchangedByA11(address) : address, value, cycle);
    else if ((address & 0xf000) === 0x5000 && (own[PRG_SIZE] & 0x80) === 0) {
      own[own[NEXT] & 3] = value;
      own[NEXT]++;
      if (this.selected < before) this.chips[1]!.writeRegister(VRC4_IRQ_CONTROL, 0, cycle);
      this.updateBanks();
    }
  }

  protected get selected(): number {
    return this.own[CHR_SIZE] >> 7;
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const high = (own[PRG_SIZE] >> 6) & 1;
    // The mask is a row of ones from bit 0 on in all games.
    const prgBanks = lowestOne(own[PRG_SIZE] | 0x40);
    const chrKib = 1 << Math.max(0, (own[CHR_SIZE] & 0x0f) - 7);
    const chrBase = (high << 12) | ((own[CHR_SIZE] & 0xf0) << 4) | own[CHR_BASE];
    const prgBase = (high << 8) | own[PRG_BASE];
    memory.prg = partOf(memory.prgRom, Math.floor(prgBase / prgBanks), prgBanks * 8 * KIB);
    memory.chr = partOf(wholeChr(memory), Math.floor(chrBase / chrKib), chrKib * KIB);
  }
}

/** The value of the lowest bit of `bits` that is 1. */
function lowestOne(bits: number): number {
  return bits & -bits;
}

const GAME = 0;

/**
 * Mapper 613: the reset button selects the next block of 128 KiB; odd blocks have an MMC3, even ones an MMC1.
 * This follows FCEUmm.
 */
class Mmc1AndMmc3 extends SwitchedBoard {
  constructor(parts: BoardParts) {
    super(parts, [{ board: Mmc1, mapper: 1, registersAt: 96 }, MMC3]);
  }

  override reset(): void {
    this.restartChips(0);
    this.own[GAME]++;
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    if (address >= 0x8000) this.writeChip(address, value, cycle);
  }

  protected get selected(): number {
    return this.own[GAME] & 1;
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    memory.prg = partOf(memory.prgRom, own[GAME], 128 * KIB);
    memory.chr = partOf(wholeChr(memory), own[GAME], 128 * KIB);
  }
}

/** The mapper numbers that these boards serve. */
export const BOARDS: readonly BoardDescriptor[] = [
  { mapper: 556, name: "JY-215 (MMC3, VRC4)", board: Jy215, wiki: ["NES_2.0_Mapper_556"] },
  { mapper: 613, name: "Mapper 613 (MMC1, MMC3)", board: Mmc1AndMmc3 },
];
