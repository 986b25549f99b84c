/** Multicarts that work like one of two chips. */
import { KIB } from "../../../../units.ts";
import type { BoardParts } from "../../board.ts";
import type { BoardDescriptor } from "../../descriptor.ts";
import { Vrc2And4 } from "../konami/vrc2-vrc4.ts";
import { Mmc1 } from "../nintendo/mmc1.ts";
import { partOf, wholeChr } from "../parts/register-board.ts";
import { SwitchedBoard } from "../parts/switched-board.ts";
import { exchangedByA11, MMC3, VRC4_IRQ_CONTROL } from "./switched-multicarts.ts";

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

const PRG_BLOCK = 0; // 8 KiB bank; D6 and D7 also ask for the DIP switches
const CHR_BLOCK = 1; // 8 KiB bank
const BLOCK_SIZES = 2; // ..CCCPPP: 1 MiB to 8 KiB
const CHIP = 3; // ..LV...X: lock, VRC4, exchanged address lines
const LATCH = 4; // the CHR bank of games with 8 to 32 KiB
const DIP = 5;

/**
 * Mapper 445, DG574B: an MMC3 or a VRC4 in blocks of 256 KiB or less, or NROM and CNROM in those of less than
 * 64 KiB. ROM is not mapped if D6 and D7 of the PRG register are the DIP switches and not 0; the reset button
 * moves the switches on, for all menus. The wiki describes a part of the registers; this follows FCEUmm.
 * https://www.nesdev.org/wiki/NES_2.0_Mapper_445
 */
class Dg574b extends SwitchedBoard {
  constructor(parts: BoardParts) {
    super(parts, [MMC3, { board: Vrc2And4, mapper: 445, registersAt: 0 }]);
  }

  override reset(): void {
    this.own.fill(0, 0, DIP);
    this.own[DIP] += 0x40;
    this.restartChips(0);
    this.updateBanks();
  }

  override writeRegister(address: number, value: number, cycle: number): void {
    const { own } = this;
    const before = this.selected;
    if (address >= 0x8000 && this.#chrKib < 64) own[LATCH] = value;
    else if (address >= 0x8000) {
      const isExchanged = before === 1 && (own[CHIP] & 1) !== 0;
      this.writeChip(isExchanged ? withPairsExchanged(address) : address, value, cycle);
    } else if ((address & 0xf000) === 0x5000 && (own[CHIP] & 0x20) === 0) own[address & 3] = value;
    if (this.selected < before) this.chips[1]!.writeRegister(VRC4_IRQ_CONTROL, 0, cycle);
    this.updateBanks();
  }

  protected get selected(): number {
    return (this.own[CHIP] >> 4) & 1;
  }

  get #prgBanks(): number {
    return Math.min(32, 128 >> (this.own[BLOCK_SIZES] & 7));
  }

  get #chrKib(): number {
    return Math.min(256, 1024 >> ((this.own[BLOCK_SIZES] >> 3) & 7));
  }

  protected selectWindows(): void {
    const { memory, own } = this;
    const prgBanks = this.#prgBanks;
    const chrKib = this.#chrKib;
    memory.prg = partOf(memory.prgRom, Math.floor(own[PRG_BLOCK] / prgBanks), prgBanks * 8 * KIB);
    memory.chr = partOf(wholeChr(memory), Math.floor((own[CHR_BLOCK] * 8) / chrKib), chrKib * KIB);
  }

  protected override mapOver(): void {
    const { memory, own } = this;
    if (this.#prgBanks < 8) memory.mapPrg(0x8000, 32 * KIB, 0);
    if (this.#chrKib < 64) memory.mapChr(0x0000, 8 * KIB, own[LATCH]);
    const asked = own[PRG_BLOCK] & 0xc0;
    if (asked !== 0 && asked === (own[DIP] & 0xc0)) memory.unmapCpu(0x8000, 32 * KIB);
  }
}

/** An address whose A0 and A1, and A2 and A3, have changed places. */
function withPairsExchanged(address: number): number {
  return (address & ~0x0f) | ((address & 5) << 1) | ((address >> 1) & 5);
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
  {
    mapper: 445,
    name: "DG574B (MMC3, VRC4)",
    board: Dg574b,
    wiki: ["NES_2.0_Mapper_445"],
    unif: [{ names: "DG574B" }],
    ram: { prgBytes: 0 },
  },
  { mapper: 556, name: "JY-215 (MMC3, VRC4)", board: Jy215, wiki: ["NES_2.0_Mapper_556"] },
  { mapper: 613, name: "Mapper 613 (MMC1, MMC3)", board: Mmc1AndMmc3 },
];
